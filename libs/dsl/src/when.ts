import type { NamedFields } from './axes.ts';
import type { Report } from './report.ts';
import type { FieldsOf, KeysOf, Settings, Shown, ShownSettings, TagKeys, TakesOne } from './settings.ts';

/** What an experiment's type knows of it: the values of each axis, and the names of named fields. */
export interface Known {
  readonly axes: object;
  readonly names: object;
}

/**
 * Which points are meant: all that have, for each of these axes, the value or one of the values. The names of the axes come
 * first for errors, which show this type.
 */
export type Condition<_Axes, K extends Known, Name, C> = {
  readonly [P in Exclude<keyof K['axes'], keyof K['names']>]?: AxisTakes<P, K['axes'][P]>;
} & { readonly [P in keyof K['axes'] & keyof K['names']]?: AxisTakes<P, Name> } & ShownSettings<K['axes'], C>;

/** One or more of the values of an axis, whose name is there for errors. */
type AxisTakes<_Name, T> = T | readonly T[];

/** All names that named fields take. */
export type AnyName<K extends Known> = K['names'][keyof K['names']];

/** What `when` sets in the points it matches. A named field is replaced, or its parameters are merged key by key. */
export type Overrides<C, Name> = Omit<Settings<C, 'fixed'>, NamedFields<C>> & {
  readonly [P in NamedFields<C>]?: TakesOne<P, C[P]> | Patch<C[P], Name>;
} & Shown<C, NamedFields<C>> & {
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

type PatchOf<Matched, U> = FieldsOf<Matched, Exclude<keyof Matched, TagsOf<U>>, 'fixed'> & {
  readonly [K in Exclude<KeysOf<U>, keyof Matched | TagsOf<U>>]?: NotAParameterOfEveryMatch;
} & { readonly [K in TagsOf<U>]?: never };

type TagsOf<U> = U extends unknown ? TagKeys<U> : never;
