import type { JsonPrimitive } from '@mixlab/contracts/json';
import type { Vary } from './vary.ts';

/** Whether values may vary: in an experiment they may, in `when` not. */
export type Mode = 'varied' | 'fixed';

/** What an author may write for a field of type `T`: fields of objects may be left out. */
export type Value<T, M extends Mode = 'varied'> =
  Plain<T, M> | (M extends 'varied' ? Vary<Plain<T, M>, Plain<T, M>> : never);

/** Names and numbers whole: member by member would take long for the thousand names of networks. */
type Plain<T, M extends Mode> = [T] extends [JsonPrimitive] ? T : PlainMember<T, M>;

type PlainMember<T, M extends Mode> = T extends JsonPrimitive
  ? T
  : T extends readonly unknown[]
    ? { readonly [I in keyof T]: Value<T[I], M> }
    : { readonly [K in keyof T as K extends TagKeys<T> ? K : never]: T[K] } & {
        readonly [K in keyof T as K extends TagKeys<T> ? never : K]?: Value<T[K], M>;
      };

/** Every field of a config by name, and every field inside by dotted path. */
export type Settings<C, M extends Mode = 'varied'> = { readonly [K in keyof C]?: Value<C[K], M> } & {
  readonly [E in Extract<Nested<C>, Field> as E[0]]?: Value<E[1], M>;
};

type Field = readonly [path: string, type: unknown];

/** All fields below the top. */
type Nested<C> = { [K in keyof C & string]: Below<C[K], K, [0, 0, 0]> }[keyof C & string];

/** Fields at most as deep as `Depth` is long: the compiler must see an end for types it does not know yet. */
type Below<T, Path extends string, Depth extends readonly 0[]> = [T] extends [JsonPrimitive]
  ? never
  : BelowMember<T, Path, Depth>;

type BelowMember<T, Path extends string, Depth extends readonly 0[]> = T extends
  JsonPrimitive | readonly unknown[]
  ? never
  : Depth extends readonly [0, ...infer Rest extends readonly 0[]]
    ? {
        [K in Exclude<keyof T, TagKeys<T>> & string]:
          readonly [`${Path}.${K}`, T[K]] | Below<T[K], `${Path}.${K}`, Rest>;
      }[Exclude<keyof T, TagKeys<T>> & string]
    : never;

/** Fields whose type is a single string: they tell the members of a union apart. */
export type TagKeys<T> = { [K in keyof T]-?: IsTag<T[K]> extends true ? K : never }[keyof T];

type IsTag<T> = [T] extends [string]
  ? string extends T
    ? false
    : IsUnion<T> extends true
      ? false
      : true
  : false;

export type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never;

/** Fields of a union of objects, over all of its members. */
export type KeysOf<T> = T extends unknown ? keyof T : never;
