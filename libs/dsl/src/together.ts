import { originOf, recordOrigin } from './origin.ts';
import type { ForKeys } from './nearest-path.ts';
import type { AllKnown, FieldOf, Shown } from './settings.ts';
import type { Refusing, UnsuitedIn } from './suited.ts';
import { makeVary } from './vary.ts';
import type { Vary } from './vary.ts';

/** `together` of experiments whose fields are `S`. */
export type TogetherOver<S> = <
  const First extends S,
  const Others extends readonly Like<First, S>[],
  Key extends string,
  // Not inferred from where the call stands: the compiler would work through all fields there are.
  Result = Coupled<First, Others, S>,
>(
  first: ForKeys<Key, Fields<First, S>>,
  ...others: AllLike<First, Others, S>
) => NoInfer<Result>;

/** What `together` gives: each field varies, all in step. Nothing where the fields are not known for certain. */
type Coupled<First, Others extends readonly unknown[], S> = keyof S extends keyof First
  ? Readonly<Record<never, never>>
  : { readonly [K in keyof First & keyof S]: Vary<First[K] | FieldOf<Others[number], K>> };

/** `First`, and `Beside` it what an editor shows, where it has only fields of `S`, else what the compiler compares it with to mark the others. */
export type Fields<First, S, Beside = Shown<First, S, keyof First & keyof S>> = keyof S extends keyof First
  ? First
  : AllKnown<First, S> extends true
    ? Refusing<UnsuitedIn<S, First>, First & Beside>
    : S;

/** An alternative with the fields of the first. */
type Like<First, S> = {
  readonly [K in keyof First]-?: K extends keyof S ? Exclude<S[K], undefined> : never;
};

/** `Others` where they have no other fields than the first, else what the compiler compares them with. */
type AllLike<First, Others extends readonly unknown[], S> = {
  readonly [I in keyof Others]: [Exclude<keyof Others[I], keyof First>, AllKnown<Others[I], S>] extends [
    never,
    true,
  ]
    ? Refusing<UnsuitedIn<S, Others[I]>, Others[I] & Shown<Others[I], S, keyof First & keyof S>>
    : Like<First, S>;
};

/**
 * Values that vary in step, spread into an experiment:
 * `...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 })`.
 */
export function couple(...alternatives: readonly object[]): object {
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
      return [field, makeVary(values, { coupling })];
    }),
  );
}
