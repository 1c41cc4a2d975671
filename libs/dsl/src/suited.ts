import type { AttentionBackbone, AttentionMethod } from '@mixlab/catalog/registry';
import type { Choice, RunConfig } from '@mixlab/catalog/run-config';
import type { NameOf } from './axes.ts';
import type { FieldOf } from './settings.ts';
import type { Vary } from './vary.ts';
import type { Known } from './when.ts';

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
export type IsUnsuited<B, M> = 0 extends 1 & M
  ? false
  : string extends B
    ? false
    : [B] extends [never]
      ? false
      : [RunConfig['mixMode']['name']] extends [NameOf<M>]
        ? false
        : [Extract<M | MethodInside<M>, AttentionMethod>] extends [never]
          ? false
          : [Extract<B, AttentionBackbone | `${string}:${string}`>] extends [never]
            ? true
            : false;

/** Methods inside a mixture; of one that is wrong already, in which they may be any, none. */
type MethodInside<M> = M extends { readonly choices: readonly { readonly method: infer I }[] }
  ? [Choice['method']['name']] extends [NameOf<ValuesOf<I>>]
    ? never
    : ValuesOf<I>
  : never;

/** The backbones of an authored object. */
export type BackbonesOf<T> = T extends { readonly backbone: infer B } ? ValuesOf<B> : string;

export type ValuesOf<B> = B extends Vary<infer V> ? V : B;

/** Whether all of the methods so named read attention, whatever their parameters. */
type AllReadAttention<Name> = [Name] extends [never]
  ? false
  : [Name] extends [Exclude<AttentionMethod, { readonly compat: unknown }>['name']]
    ? true
    : false;

declare const suits: unique symbol;

/** A config whose methods do not suit every backbone. */
export interface WithSuited {
  readonly [suits]?: true;
}

/** The field of an alternative of `together`, or of what `when` sets, that does not suit another. */
export type UnsuitedIn<C, T> = C extends { readonly [suits]?: true }
  ? IsUnsuited<Get<T, 'backbone'>, Get<T, 'mixMode'>> extends true
    ? 'backbone'
    : never
  : never;

/** The field among those that a `when` sets, `Set`, that does not suit what the points have for which it holds, `If`. */
export type UnsuitedWhere<C, K extends Known, W, If, Set> = C extends { readonly [suits]?: true }
  ? 'mixMode' extends keyof Set
    ? IsUnsuited<
        'backbone' extends keyof Set ? Get<Set, 'backbone'> : BackbonesWhere<K, W, If>,
        Get<Set, 'mixMode'>
      > extends true
      ? 'mixMode'
      : never
    : 'backbone' extends keyof Set
      ? AllReadAttention<MethodsWhere<K, W, If>> extends true
        ? IsUnsuited<Get<Set, 'backbone'>, AttentionMethod> extends true
          ? 'backbone'
          : never
        : never
      : never
  : never;

/** What `when` sets of the two; not `never`, to which nothing can be assigned. */
export type ChangedBy<Set> = [keyof Set & ('backbone' | 'mixMode')] extends [never] ? Unchanged : Set;

export type Unchanged = Readonly<Record<never, never>>;

type BackbonesWhere<K extends Known, W, If> = 'backbone' extends keyof If
  ? EachOf<Get<If, 'backbone'>>
  : K['backbones'] | FieldOf<W, 'backbone'>;

type MethodsWhere<K extends Known, W, If> = 'mixMode' extends keyof If
  ? EachOf<Get<If, 'mixMode'>>
  : Get<K['names'], 'mixMode'> | NameOf<FieldOf<W, 'mixMode'>>;

type Get<T, K> = K extends keyof T ? T[K] : never;

type EachOf<T> = T extends readonly (infer V)[] ? V : T;

/** `A`, in which a field that does not suit another takes nothing: its type says what is wrong. */
export type Refusing<F, A> = [F] extends [never]
  ? A
  : {
      readonly [K in keyof A]: K extends F
        ? K extends 'backbone'
          ? BackboneTakesATransformerWhoseAttentionThisMethodReads
          : MixModeTakesAMethodThatReadsNoAttentionOfThisBackbone
        : A[K];
    };
