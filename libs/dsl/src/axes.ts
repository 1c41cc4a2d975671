import type { JsonPrimitive } from '@mixlab/contracts/json';
import type { ExperimentFields, AnyRecipe } from './authored.ts';
import type { IsUnion } from './settings.ts';
import type { Vary } from './vary.ts';

/**
 * What varies in an authored object, by path, with the values that it takes. An object that varies is known by its
 * `name`, and each field inside it has a path of its own: `mixMode`, `mixMode.alpha`.
 */
export type AxesOf<T> = Collect<Inside<Omit<T, keyof ExperimentFields<AnyRecipe>>, ''> | RecipeAxis<T>>;

type Pair = readonly [path: string, value: unknown];
type Collect<E> = { readonly [P in Extract<E, Pair> as P[0]]: P[1] };

type RecipeAxis<T> = T extends { readonly recipe: Vary<infer R> }
  ? R extends AnyRecipe
    ? readonly ['recipe', R['name']]
    : never
  : never;

/** Axes below a value that does not vary itself. */
type Inside<T, Path extends string> =
  T extends Vary<infer V>
    ? OfChoice<V, Path>
    : T extends JsonPrimitive
      ? never
      : { [K in FieldNames<T>]: Inside<T[K], Join<Path, K>> }[FieldNames<T>];

/** Axes that one choice of a varying value gives. */
type OfChoice<V, Path extends string> =
  V extends Vary<infer W>
    ? OfChoice<W, Path>
    : V extends JsonPrimitive
      ? readonly [Path, V]
      : V extends readonly unknown[]
        ? readonly [Path, V] | Inside<V, Path>
        : V extends { readonly name: infer N extends string }
          ? readonly [Path, N] | OfFields<Omit<V, 'name'>, Path>
          : OfFields<V, Path>;

type OfFields<V, Path extends string> = {
  [K in FieldNames<V>]: OfChoice<V[K], Join<Path, K>>;
}[FieldNames<V>];

type FieldNames<T> = T extends readonly unknown[] ? keyof T & `${number}` : keyof T & string;
type Join<Path extends string, K extends string> = Path extends '' ? K : `${Path}.${K}`;

/** Fields of a config that are one of several named objects, as a method is. */
export type NamedFields<C> = {
  [K in keyof C & string]: [C[K]] extends [{ readonly name: string }]
    ? IsUnion<C[K]> extends true
      ? K
      : never
    : never;
}[keyof C & string];

/** For each of those fields, the names that an authored object may give it. */
export type NamesIn<T, C> = {
  readonly [K in NamedFields<C>]: K extends keyof T
    ? NameOf<T[K]>
    : C[K] extends { readonly name: infer N }
      ? N
      : never;
};

/** Names that an authored value may give a named field. */
export type NameOf<T> =
  T extends Vary<infer V> ? NameOf<V> : T extends { readonly name: infer N } ? N : never;
