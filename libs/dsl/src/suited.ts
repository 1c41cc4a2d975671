import type { Backbone } from '@mixlab/catalog/backbone';
import type { AttentionBackbone, AttentionMethod } from '@mixlab/catalog/registry';
import type { Choice, RunConfig } from '@mixlab/catalog/run-config';
import type { NameOf } from './axes.ts';
import type { Vary } from './vary.ts';

/** Nothing has it; its name becomes the code of the problem. */
declare const unsuited: unique symbol;

/** In place of backbones that are all of another kind, for a method that reads the attention of a transformer. */
export interface BackboneTakesATransformerWhoseAttentionThisMethodReads {
  readonly [unsuited]?: never;
}

/** In place of a method that reads attention, for backbones that have none. */
export interface MixModeTakesAMethodThatReadsNoAttentionOfThisBackbone {
  readonly [unsuited]?: never;
  readonly name: never;
}

/** Whether a method among `M` reads attention, and none of the backbones `B` has any; what is wrong already is not asked. */
export type IsUnsuited<B, M> = [0] extends [1 & M]
  ? false
  : [RunConfig['mixMode']['name']] extends [NameOf<M>]
    ? false
    : [Extract<M | MethodInside<M>, AttentionMethod>] extends [never]
      ? false
      : HaveNoAttention<B>;

type HaveNoAttention<B> = [B] extends [never]
  ? false
  : string extends B
    ? false
    : [Extract<B, AttentionBackbone | `${string}:${string}`>] extends [never]
      ? [B] extends [Backbone]
        ? true
        : false
      : false;

/** Methods inside a mixture; of one that is wrong already, in which they may be any, none. */
type MethodInside<M> = M extends { readonly choices: readonly { readonly method: infer I }[] }
  ? [Choice['method']['name']] extends [NameOf<ValuesOf<I>>]
    ? never
    : ValuesOf<I>
  : never;

export type ValuesOf<B> = B extends Vary<infer V> ? V : B;

declare const suits: unique symbol;

/** A config whose methods do not suit every backbone. */
export interface WithSuited {
  readonly [suits]?: true;
}

/** The field of an alternative of `together` that does not suit another. */
export type UnsuitedIn<C, T> = C extends { readonly [suits]?: true }
  ? T extends { readonly backbone: infer B; readonly mixMode: infer M }
    ? IsUnsuited<B, M> extends true
      ? 'backbone'
      : never
    : never
  : never;

/**
 * The field among those that a `when` sets, `Set`, that does not suit another of them, or one of its condition, `If`. Of what
 * the experiment says of that other field nothing is taken for certain: another `when` may change it.
 */
export type UnsuitedWhere<C, If, Set> = C extends { readonly [suits]?: true }
  ? Set extends { readonly mixMode: infer M }
    ? Pair<If, Set> extends { readonly backbone: infer B }
      ? IsUnsuited<EachOf<B>, M extends { readonly name: unknown } ? M : M & MethodWhere<If>> extends true
        ? 'mixMode'
        : never
      : never
    : Set extends { readonly backbone: infer B }
      ? AllReadAttention<MethodWhere<If>> extends true
        ? HaveNoAttention<B> extends true
          ? 'backbone'
          : never
        : never
      : never
  : never;

/** What has the backbone. */
type Pair<If, Set> = Set extends { readonly backbone: unknown } ? Set : If;

type MethodWhere<If> = If extends { readonly mixMode: infer N } ? { readonly name: EachOf<N> } : unknown;

type AllReadAttention<M> = M extends { readonly name: infer N }
  ? [N] extends [Exclude<AttentionMethod, { readonly compat: unknown }>['name']]
    ? true
    : false
  : false;

type EachOf<T> = T extends readonly (infer V)[] ? V : T;

/** `A`, in which a field that does not suit another takes nothing: its type says what is wrong. */
export type Refusing<F, A> = [F] extends [never] ? A : UnsuitedPair<F, A>;

type UnsuitedPair<F, A> = {
  readonly [K in keyof A]: K extends F
    ? K extends 'backbone'
      ? BackboneTakesATransformerWhoseAttentionThisMethodReads
      : MixModeTakesAMethodThatReadsNoAttentionOfThisBackbone
    : A[K];
};
