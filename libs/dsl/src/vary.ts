import { originOf, recordOrigin } from './origin.ts';
import type { OnlyKnown } from './settings.ts';

/** Marks a value that varies; registered globally, so that two copies of this module understand each other. */
export const varies: unique symbol = Symbol.for('mixlab.vary') as never;

/** What stands behind a value that varies. */
export interface Choices<out V> {
  readonly values: readonly V[];
  /** Set for values of `together`, which vary in step. */
  readonly coupling?: Coupling;
  /** Set for values of `sample`. */
  readonly drawn?: true;
}

/** The fields of one `together`, known by its identity. */
export interface Coupling {
  readonly fields: readonly string[];
}

/**
 * A value that varies over `V`: each gives points of its own. `Hint` is what the place it stands in expects, so that
 * an editor completes the values.
 */
export interface Vary<out V, _Hint = unknown> {
  readonly [varies]: Choices<V>;
}

/** Each of the given values in turn, wherever a value may stand: `maxEpochs: vary(100, 300)`. */
export function vary<const Hint, const V extends readonly Hint[]>(
  ...values: { readonly [I in keyof V]: OnlyKnown<V[I], Hint> }
): VaryOver<V, Hint> {
  return makeVary(values) as unknown as VaryOver<V, Hint>;
}

type VaryOver<V extends readonly unknown[], Hint> = V extends readonly []
  ? AtLeastOneValue
  : Vary<V[number], Hint>;

/** What `vary()` gives: no field takes it. */
export interface AtLeastOneValue {
  readonly [varies]: 'vary needs at least one value';
}

/** A `Vary` over `values`, with the places of those. */
export function makeVary<V>(values: readonly V[], kind: Omit<Choices<V>, 'values'> = {}): Vary<V, never> {
  const copy = Object.freeze([...values]);
  const made = Object.freeze({
    [varies]: Object.freeze({ values: copy, ...kind }),
  });
  for (const index of values.keys()) recordOrigin(made, index, originOf(values, index));
  return made;
}

export function isVary(value: unknown): value is Vary<unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, varies);
}
