import type { OnlyFieldsOf } from './settings.ts';

/**
 * `A`, named by the paths that are near to one of `Unknown`: that of an unknown name in quotes the compiler itself does not
 * look for, and an error shows this type.
 */
export type WithNearest<Unknown, A> = [NearestOf<Unknown, keyof A & string>] extends [infer Nearest]
  ? [Nearest] extends [never]
    ? OnlyFieldsOf<A>
    : DidYouMean<Nearest, A>
  : never;

/**
 * The same for an object with the keys `Key`, which the compiler finds in it, as it does what of it is `Found`; the first
 * branch, never taken, is for that.
 */
export type ForKeys<Key extends string, A, Found = unknown> = unknown extends Key
  ? { readonly [K in Key]?: never } & Found
  : [Exclude<Key, keyof A>] extends [never]
    ? A
    : WithNearest<Exclude<Key, keyof A>, A>;

type DidYouMean<_Nearest, A> = OnlyFieldsOf<A>;

type NearestOf<Unknown, Names extends string> = Unknown extends `${infer Group}.${infer Rest}`
  ? [InGroup<Group, Names>] extends [never]
    ? Extract<Names, `${Near<Group, GroupOf<Names>>}.${Rest}`>
    : `${Group}.${Near<Rest, InGroup<Group, Names>>}`
  : never;

type GroupOf<Names> = Names extends `${infer Group}.${string}` ? Group : never;

/** What comes after the group in the names of one. */
type InGroup<Group extends string, Names> = Names extends `${Group}.${infer Rest}` ? Rest : never;

/** Those of `Names` that are one letter away, else two. */
type Near<Got extends string, Names extends string> = [Within<Got, Names, [0]>] extends [never]
  ? Within<Got, Names, [0, 0]>
  : Within<Got, Names, [0]>;

type Within<Got extends string, Names extends string, Edits extends readonly 0[]> = Names extends unknown
  ? true extends AreWithin<Lowercase<Got>, Lowercase<Names>, Edits>
    ? Names
    : never
  : never;

/** Whether at most as many letters as `Edits` is long are to be changed, added or removed. */
type AreWithin<A, B, Edits extends readonly 0[]> = A extends `${infer First}${infer A1}`
  ? B extends `${First}${infer B1}`
    ? AreWithin<A1, B1, Edits>
    : Edits extends readonly [0, ...infer Fewer extends readonly 0[]]
      ? B extends `${string}${infer B1}`
        ? AreWithin<A1, B1, Fewer> | AreWithin<A1, B, Fewer> | AreWithin<A, B1, Fewer>
        : AreWithin<A1, B, Fewer>
      : false
  : B extends ''
    ? true
    : Edits extends readonly [0, ...infer Fewer extends readonly 0[]]
      ? B extends `${string}${infer B1}`
        ? AreWithin<A, B1, Fewer>
        : true
      : false;
