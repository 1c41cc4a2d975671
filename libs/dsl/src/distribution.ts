import type { OnlyKnown } from './settings.ts';

/** Marks what `sample` draws from; registered globally, so that two copies of this module understand each other. */
const draws: unique symbol = Symbol.for('mixlab.distribution') as never;

/** Values of type `V` to draw from, each as likely as its law says. */
export interface Distribution<out V, _Hint = unknown> {
  readonly [draws]: Law<V>;
}

interface Law<out V> {
  /** The value at `u`, which is even between 0 and 1. */
  readonly at: (u: number) => V;
  /** What the distribution should have been given, where it was given something else. */
  readonly wrong?: Wrong;
}

/** What is wrong with an argument. */
export interface Wrong {
  readonly expected: string;
  readonly got: string;
}

/** Any number between `low` and `high`, all equally likely. */
export function uniform(low: number, high: number): Distribution<number> {
  const isRange = Number.isFinite(high - low) && low < high;
  return distribution(
    (u) => rounded(low + u * (high - low), high - low, low, high),
    isRange ? undefined : { expected: 'uniform(low, high) with low < high', got: call('uniform', low, high) },
  );
}

/** Any number between `low` and `high`, all orders of magnitude equally likely: learning rates, weight decay. */
export function logUniform(low: number, high: number): Distribution<number> {
  const isRange = low > 0 && low < high && Number.isFinite(high);
  return distribution(
    (u) => {
      const value = Math.exp(Math.log(low) + u * (Math.log(high) - Math.log(low)));
      return rounded(value, value * Math.min(1, high / low - 1), low, high);
    },
    isRange
      ? undefined
      : { expected: 'logUniform(low, high) with 0 < low < high', got: call('logUniform', low, high) },
  );
}

/** A whole number from `low` to `high`, both among them. */
export function integer(low: number, high: number): Distribution<number> {
  const isRange = Number.isSafeInteger(low) && Number.isSafeInteger(high) && low < high;
  return distribution(
    (u) => low + Math.floor(u * (high - low + 1)),
    isRange
      ? undefined
      : { expected: 'integer(low, high) of whole numbers with low < high', got: call('integer', low, high) },
  );
}

/** One of the given values, all equally likely. */
export function choice<const Hint, const V extends readonly Hint[]>(
  ...values: { readonly [I in keyof V]: OnlyKnown<V[I], Hint> }
): Distribution<V[number], Hint> {
  const all: readonly V[number][] = Object.freeze([...values]);
  return distribution(
    (u) => all[Math.floor(u * all.length)] as V[number],
    all.length > 0 ? undefined : { expected: 'at least one value to choose from', got: 'choice()' },
  );
}

export function isDistribution(value: unknown): value is Distribution<unknown> {
  return typeof value === 'object' && value !== null && draws in value;
}

/** The law of a distribution; one that says what is wrong where `value` is something else. */
export function lawOf(value: unknown): Law<unknown> {
  if (isDistribution(value)) return value[draws];
  const got = typeof value === 'object' ? 'an object' : String(value);
  return { at: () => undefined, wrong: { expected: 'uniform, logUniform, integer or choice', got } };
}

function distribution<V>(at: (u: number) => V, wrong: Wrong | undefined): Distribution<V> {
  return Object.freeze({ [draws]: Object.freeze({ at, ...(wrong ? { wrong } : {}) }) });
}

function call(name: string, ...values: readonly unknown[]): string {
  return `${name}(${values.map(String).join(', ')})`;
}

/**
 * `value` to a thousandth of the width it is drawn from: names of runs stay readable, and machines whose logarithms differ
 * in the last bit draw the same.
 */
function rounded(value: number, width: number, low: number, high: number): number {
  const decimals = 3 - Math.floor(Math.log10(width));
  const near = decimals > 100 ? value : Number(value.toFixed(Math.max(0, decimals)));
  return Math.min(high, Math.max(low, near));
}
