import { originOf, recordOrigin } from './origin.ts';
import { makeVary } from './vary.ts';
import type { Vary } from './vary.ts';

/** What `together` gives: each field varies, all in step. */
export type Coupled<A extends readonly object[], S> = keyof S extends keyof A[0]
  ? Readonly<Record<never, never>>
  : { readonly [K in keyof A[0]]: Vary<A[number][K & keyof A[number]]> };

/** Alternatives that all have the fields of the first; what the compiler is to mark is compared with something else. */
export type SameFields<A extends readonly object[], S> = {
  readonly [I in keyof A]: [Exclude<keyof A[0], keyof S>] extends [never]
    ? [keyof A[0], keyof A[I]] extends [keyof A[I], keyof A[0]]
      ? A[I]
      : Required<Pick<S, keyof A[0] & keyof S>>
    : S;
};

/**
 * Values that vary in step, spread into an experiment:
 * `...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 })`.
 */
export function couple(alternatives: readonly object[]): object {
  const fields = Object.freeze([...new Set(alternatives.flatMap((alternative) => Object.keys(alternative)))]);
  const coupling = Object.freeze({ fields });
  return Object.fromEntries(
    fields.map((field) => {
      const values: unknown[] = alternatives.map(
        (alternative) => (alternative as Record<string, unknown>)[field],
      );
      alternatives.forEach((alternative, index) =>
        recordOrigin(values, index, originOf(alternative, field) ?? originOf(alternative)),
      );
      return [field, makeVary(values, coupling)];
    }),
  );
}
