import type { Choice, MethodParams } from '@mixlab/catalog/run-config';
import type { UserMethod, UserMethods } from '@mixlab/catalog/user-catalog';
import { methods } from '@mixlab/catalog/registry';
import { carryOrigins, originOf, recordOrigin } from './origin.ts';
import type { AllKnown, Shown, Takes } from './settings.ts';
import type { Vary } from './vary.ts';
import { wrongValue } from './wrong.ts';

/** Parameters of a method, each of which may vary. */
export type Params<P> = { readonly [K in keyof P]: Takes<K, Exclude<P[K], undefined>> };

/** A method with its parameters, as `mix.<method>()` makes it. */
export type Made<N extends string, P> = { readonly name: N } & P;

/**
 * A method that a mixture may hold, by its name: its constructor has checked the parameters, and the compiler would take
 * seconds to compare them with those of all methods again.
 */
export type ChoiceMethod = Named<ChoiceName> | Vary<Named<ChoiceName>>;

type ChoiceName = Choice['method']['name'] | UserMethod['name'];

interface Named<N extends string> {
  readonly name: N;
}

type MakeMethod<N extends string, P> = None extends P ? MakeOptional<N, P> : MakeRequired<N, P>;

// One signature each: of several, an editor shows nothing of the method.
interface MakeOptional<in out N extends string, in out P> {
  <const G extends Params<P> = never>(params?: NoOthers<G, P>): Made<N, NoInfer<Given<G>>>;
}

interface MakeRequired<in out N extends string, in out P> {
  <const G extends Params<P>>(params: NoOthers<G, P>): Made<N, NoInfer<G>>;
}

type None = Readonly<Record<never, never>>;

/** `G`, which is never where nothing is given. */
type Given<G> = [G] extends [never] ? None : G;

/** `G` where it has no other fields than `P`, else what the compiler compares it with to mark those. */
type NoOthers<G, P> = [Params<P>] extends [G]
  ? Params<P>
  : AllKnown<G, Params<P>> extends true
    ? G & Shown<G, P, keyof P & keyof G>
    : [keyof P] extends [never]
      ? NoParameters
      : Params<P>;

declare const nothing: unique symbol;

/** In place of `{}`, in which the compiler takes any field. */
interface NoParameters {
  readonly [nothing]?: never;
}

type Mixture = readonly (readonly [method: ChoiceMethod, probability: number | Vary<number, number>])[];

type ChoicesOf<M extends Mixture> = {
  readonly [I in keyof M]: { readonly method: M[I][0]; readonly probability: M[I][1] };
};

/** Constructors of methods, each with what an editor shows of it: that follows from `N extends keyof M`. */
type Makers<M, N extends keyof M> = { readonly [K in N]: MakeMethod<K & string, M[K]> };

/** Constructors of all mixing methods; those of users' own packages stand below the package: `mix.my_pkg.halves()`. */
export type Mix = Makers<MethodParams, Exclude<keyof MethodParams, 'oneOf'>> & {
  readonly [P in keyof UserMethods]: {
    readonly [N in keyof UserMethods[P]]: MakeMethod<`${P & string}:${N & string}`, UserMethods[P][N]>;
  };
} & {
  /** One of several methods for each batch, with its probability: `mix.oneOf([[mix.mixup(), 0.5], [mix.cutmix(), 0.5]])`. */
  readonly oneOf: <const M extends Mixture>(choices: M) => Made<'oneOf', { readonly choices: ChoicesOf<M> }>;
};

/** The mixing method of a run and its parameters: `mix.cutmix({ alpha: 1 })`. */
export const mix = withPackages({
  ...Object.fromEntries(methods.map(({ name }) => [name, constructorOf(name)])),
  oneOf: makeMixture,
}) as unknown as Mix;

/** Any other name is a package's, and any name below it a method's: types tell which there are, planning refuses others. */
function withPackages(constructors: Readonly<Record<string, unknown>>): object {
  return new Proxy(Object.freeze(constructors), {
    get: (known, name) =>
      typeof name === 'symbol' || name in known ? Reflect.get(known, name) : packageOf(name),
  });
}

function packageOf(name: string): object {
  return new Proxy(Object.freeze({}), {
    get: (_, method) => (typeof method === 'symbol' ? undefined : constructorOf(`${name}:${method}`)),
  });
}

function constructorOf(name: string): (params?: object) => object {
  return (params) => makeMethod(name, params);
}

function makeMethod(name: string, params: object = {}): object {
  if (Object.hasOwn(params, 'name'))
    return wrongValue({ expected: `parameters of ${name}`, got: 'a method' });
  return Object.freeze(carryOrigins(params, { ...params, name }));
}

function makeMixture(pairs: unknown): object {
  // What is no list of pairs is kept as it is: planning says what is wrong with it.
  const choices = Array.isArray(pairs) ? carryOrigins(pairs, Object.freeze(pairs.map(makeChoice))) : pairs;
  return Object.freeze({ name: 'oneOf', choices });
}

function makeChoice(pair: unknown): unknown {
  if (!Array.isArray(pair) || pair.length !== 2) return pair;
  const choice = { method: pair[0] as unknown, probability: pair[1] as unknown };
  recordOrigin(choice, 'method', originOf(pair, 0));
  recordOrigin(choice, 'probability', originOf(pair, 1));
  return Object.freeze(choice);
}
