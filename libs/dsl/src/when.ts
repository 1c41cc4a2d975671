import type { NamedFields } from './axes.ts';
import type { Report } from './report.ts';
import type { KeysOf, Settings, TagKeys, Value } from './settings.ts';

/** What an experiment's type knows of it: the values of each axis, and the names of named fields. */
export interface Known {
  readonly axes: object;
  readonly names: object;
}

/** Which points are meant: all that have, for each of these axes, the value or one of the values. */
export type Condition<K extends Known, Name> = {
  readonly [P in Exclude<keyof K['axes'], keyof K['names']>]?: OneOrMore<K['axes'][P]>;
} & { readonly [P in keyof K['axes'] & keyof K['names']]?: OneOrMore<Name> };

type OneOrMore<T> = T | readonly T[];

/** All names that named fields take. */
export type AnyName<K extends Known> = K['names'][keyof K['names']];

/** What `when` sets in the points it matches. A named field is replaced, or its parameters are merged key by key. */
export type Overrides<C, Name> = Omit<Settings<C, 'fixed'>, NamedFields<C>> & {
  readonly [P in NamedFields<C>]?: Value<C[P], 'fixed'> | Patch<C[P], Name>;
} & {
  /** How the curve of a trial becomes a number. */
  readonly report?: Report;
};

declare const nothing: unique symbol;

/** The type of a parameter that not every matched method has: nothing is of it. */
export interface NotAParameterOfEveryMatch {
  readonly [nothing]: never;
}

/** Parameters that all members with one of these names have; those of other members are refused. */
type Patch<U, Name> = PatchOf<
  [Extract<U, { readonly name: Name }>] extends [never] ? U : Extract<U, { readonly name: Name }>,
  U
>;

type PatchOf<Matched, U> = {
  readonly [K in Exclude<keyof Matched, TagsOf<U>>]?: Value<Matched[K], 'fixed'>;
} & {
  readonly [K in Exclude<KeysOf<U>, keyof Matched | TagsOf<U>>]?: NotAParameterOfEveryMatch;
} & { readonly [K in TagsOf<U>]?: never };

type TagsOf<U> = U extends unknown ? TagKeys<U> : never;
