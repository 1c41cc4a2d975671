import type { NamedFields, NameOf } from './axes.ts';
import type { Report } from './report.ts';
import type { Documented, DocumentedSettings, FieldOf, Settings, TagKeys, TakesOne } from './settings.ts';

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
} & { readonly [P in keyof K['axes'] & keyof K['names']]?: AxisTakes<P, Name> } & DocumentedSettings<
    K['axes'],
    C
  >;

/** One or more of the values of an axis, whose name is there for errors. */
type AxisTakes<_Name, T> = T | readonly T[];

declare const metrics: unique symbol;

/** A config that brings the names of what its trainer logs. */
export interface WithMetrics<M extends string> {
  readonly [metrics]?: M;
}

type MetricOf<C> = C extends { readonly [metrics]?: infer M extends string } ? M : string;

/** All names that named fields take. */
export type AnyName<K extends Known> = K['names'][keyof K['names']];

/** What `when` sets in the points it matches. A named field is replaced, or its parameters are merged key by key. */
export type Overrides<C, Name> = Omit<Settings<C, 'fixed'>, NamedFields<C>> & {
  readonly [P in NamedFields<C>]?: TakesOneOrParametersOf<P, Name, C[P]>;
} & Documented<C, NamedFields<C>> & {
    /** How the curve of a trial becomes a number. */
    readonly report?: Report<MetricOf<C>>;
  };

/**
 * One of the members of `U`, which its constructor has checked, or parameters that all of those named `Name` have. One
 * type for both, since of alternatives an editor shows no parameter, and names none that is near.
 */
type TakesOneOrParametersOf<_Field, Name, U> = Named<U> &
  ParametersOf<Extract<U, { readonly name: Name }>, U>;

interface Named<U> {
  readonly name?: NameOf<U>;
}

type ParametersOf<Matched, U> = Parameters<Matched, Exclude<keyof Matched, TagsOf<U>>, U>;

/** Parameters of matched members with the types that they have in any, for another member may replace those. */
type Parameters<Matched, K extends keyof Matched, U> = { readonly [P in K]?: TakesOne<P, FieldOf<U, P>> };

type TagsOf<U> = U extends unknown ? TagKeys<U> : never;
