import type { JsonPrimitive } from '@mixlab/contracts/json';
import type { Vary } from './vary.ts';

/** Whether values may vary: in an experiment they may, in `when` not. */
export type Mode = 'varied' | 'fixed';

/** What an author may write for a field of type `T`: fields of objects may be left out. `Name` is what errors show. */
export type Value<T, M extends Mode = 'varied', Name = unknown> = M extends 'varied'
  ? Takes<Name, T>
  : TakesOne<Name, T>;

/** A value of a field, or several that it varies over. The name of the field is there for errors, which show this type. */
export type Takes<Name, T> = Plain<T, 'varied'> | Vary<EachTakes<Name, T>, EachTakes<Name, T>>;

/** Each value that a field varies over. */
type EachTakes<_Name, T> = Plain<T, 'varied'> | NoOther;

/** A value of a field that does not vary here. */
export type TakesOne<_Name, T> = Plain<T, 'fixed'> | NoOther;

declare const none: unique symbol;

/** No value: it makes a type with a name of its own out of a plain `number`. */
interface NoOther {
  readonly [none]: never;
}

/** Names and numbers whole: member by member would take long for the thousand names of networks. */
type Plain<T, M extends Mode> = [T] extends [JsonPrimitive] ? T : PlainMember<T, M>;

type PlainMember<T, M extends Mode> = unknown extends T
  ? unknown
  : T extends JsonPrimitive
    ? T
    : T extends readonly unknown[]
      ? { readonly [I in keyof T]: Value<T[I], M> }
      : [TagKeys<T>] extends [never]
        ? FieldsOf<T, keyof T, M> & NoListOrPrimitive
        : { readonly [K in keyof T as K extends TagKeys<T> ? K : never]: T[K] } & FieldsOf<
            T,
            Exclude<keyof T, TagKeys<T>>,
            M
          >;

/** Where every field may be left out, the compiler would take a number or a list for an object. */
type NoListOrPrimitive = object & { readonly [Symbol.iterator]?: never };

/** Some fields, which keep what an editor shows of them: that follows from `K extends keyof T`. */
export type FieldsOf<T, K extends keyof T, M extends Mode> = { readonly [P in K]?: Value<T[P], M, P> };

/** Every field of a config by name, and every field inside by dotted path. */
export type Settings<C, M extends Mode = 'varied'> = FieldsOf<C, keyof C & string, M> &
  FieldsOf<PathsOf<C>, keyof PathsOf<C>, M>;

/** What an editor shows of some fields of `C`, and nothing more: any value is of it. */
export type Documented<C, K extends keyof C> = { readonly [P in K]?: unknown };

/** The same of those fields that `Settings` has and `T`, too. */
export type DocumentedSettings<T, C> = Documented<C, keyof T & keyof C> &
  Documented<PathsOf<C>, keyof T & keyof PathsOf<C>>;

/**
 * What an editor shows of fields of `C`, at any depth, beside what an author wrote, `T`, in which a compiler finds
 * everything but that: any value is of it. Only fields that `T` has, for of others an editor asks `C` itself, and would show
 * the `unknown` of this type beside it.
 */
export type Shown<T, C, K extends keyof C> = {
  readonly [P in K]?: ShownBelow<T[P & keyof T], ObjectIn<C[P]>>;
};

type ShownBelow<T, O> = [O] extends [never] ? unknown : Shown<T, O, keyof O & keyof T>;

/** The same of those fields that `Settings` has and `T`, too. */
export type ShownSettings<T, C> = Shown<T, C, keyof T & keyof C> &
  Shown<T, PathsOf<C>, keyof T & keyof PathsOf<C>>;

/**
 * One of several values, `T`, where `A` is what authors may write for it: with what an editor shows, where it has only
 * fields that are expected, at any depth, else what the compiler compares it with to mark the others.
 */
export type OnlyKnown<T, A> = [ObjectIn<A>] extends [never]
  ? T
  : AllKnownBelow<T, A> extends true
    ? T & ShownBelow<T, ObjectIn<A>>
    : OnlyFieldsOf<A>;

declare const otherFields: unique symbol;

/** Nothing is of it: the compiler tells a typo where it sees what is written, and in a value from elsewhere it would not. */
interface HasNoOtherFields {
  readonly [otherFields]: never;
}

/** What an object that has other fields than `A` is compared with, for the compiler to mark those and to name the nearest. */
export type OnlyFieldsOf<A> = { readonly [K in keyof ObjectIn<A>]: ObjectIn<A>[K] } & HasNoOtherFields;

/** What of `T` is an object, if that is one and the same; else never. */
type ObjectIn<T> = unknown extends T ? never : OneObject<Exclude<T, NoOther | Vary<unknown> | undefined>>;

type OneObject<T> =
  IsUnion<T> extends true ? never : T extends JsonPrimitive | readonly unknown[] ? never : T;

declare const paths: unique symbol;

/** A config that brings its paths, since an editor shows the documentation only of what is written out. */
export interface WithPaths<P> {
  readonly [paths]?: P;
}

/** The fields below the top by path, with their types. */
type PathsOf<C> = C extends { readonly [paths]?: infer P extends object } ? P : AllPaths<C>;

/** Those paths, worked out. */
export type AllPaths<C> = { readonly [E in Extract<Nested<C>, Field> as E[0]]: E[1] };

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

/**
 * Whether `A` has every field of `T`, as deep as there are any; of fields whose names are not known, nothing is. The depth
 * is counted since the compiler, where it does not know `T` yet, would look for an end that is not there.
 */
export type AllKnown<T, A, Depth extends readonly 0[] = [0, 0, 0, 0, 0]> = [T] extends [never]
  ? false
  : string extends keyof T
    ? true
    : [Exclude<keyof T, KeysOf<A>>] extends [never]
      ? false extends {
          [K in keyof T]: AllKnownBelow<T[K], K extends KeysOf<A> ? FieldOf<A, K> : never, Depth>;
        }[keyof T]
        ? false
        : true
      : false;

export type AllKnownBelow<T, A, Depth extends readonly 0[] = [0, 0, 0, 0, 0]> = Depth extends readonly [
  0,
  ...infer Rest extends readonly 0[],
]
  ? T extends JsonPrimitive | readonly unknown[] | Vary<unknown>
    ? true
    : T extends object
      ? AllKnown<T, Exclude<A, JsonPrimitive | readonly unknown[] | Vary<unknown>>, Rest>
      : true
  : true;

export type FieldOf<A, K> = A extends unknown ? (K extends keyof A ? A[K] : never) : never;
