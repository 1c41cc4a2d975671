import type { AttentionBackbone, AttentionMethod } from '@mixlab/catalog/registry';
import { mixlabSchema } from '@mixlab/catalog/mixlab-schema';
import type { Recipe } from '@mixlab/catalog/recipes';
import type { Choice, OneOf, RunConfig } from '@mixlab/catalog/run-config';
import type { Authored, Checked } from './authored.ts';
import type { AxesOf, NameOf, NamesIn } from './axes.ts';
import type { Backbone } from './backbone.ts';
import { defineSweep } from './define-sweep.ts';
import { isDistribution } from './distribution.ts';
import type { Distribution } from './distribution.ts';
import type { Experiment } from './experiment.ts';
import { drawFields, drawValues } from './sample.ts';
import type { Sampled, SampleOptions } from './sample.ts';
import type { Settings } from './settings.ts';
import { couple } from './together.ts';
import type { AllLike, Coupled, Fields, Like } from './together.ts';
import type { UserMethod } from './user-methods.ts';
import type { Vary } from './vary.ts';

declare const nothing: unique symbol;

/** In place of seeds that vary: `trials: 3` repeats each run with the seeds `seed`, `seed + 1`, `seed + 2`. */
export interface UseTrialsForMoreSeeds {
  readonly [nothing]: never;
}

/** A run config as authors write it. */
export interface AuthoredConfig extends Omit<RunConfig, 'schemaVersion' | 'backbone' | 'mixMode'> {
  /** The network: one that the catalog lists, any other model of timm, or one of a package of yours. */
  readonly backbone: Backbone;
  /** The mixing method and its parameters. Default: `mix.vanilla()`. */
  readonly mixMode: Exclude<RunConfig['mixMode'], OneOf> | AuthoredOneOf | UserMethod;
}

interface AuthoredOneOf extends Omit<OneOf, 'choices'> {
  readonly choices: readonly AuthoredChoice[];
}

interface AuthoredChoice extends Omit<Choice, 'method'> {
  readonly method: Choice['method'] | UserMethod;
}

/** A run config as authors write it, values that vary among it. */
export type AuthoredSettings = Omit<Settings<AuthoredConfig>, 'seed'> & {
  /** Seed of the first trial; trial k adds k - 1. Default: `0`. */
  readonly seed?: number | UseTrialsForMoreSeeds;
};

/** In place of backbones that are all of another kind, for a method that reads the attention of a transformer. */
export interface ThisMethodReadsTheAttentionOfATransformer {
  readonly [nothing]?: never;
}

type AuthoredExperiment = Authored<AuthoredSettings, Recipe>;

/** `C`, what `T` is checked against; with a method that no backbone of `T` suits, that is told in place of the backbone. */
type Suited<T, C> = T extends { readonly backbone: infer B; readonly mixMode: infer M }
  ? IsUnsuited<ValuesOf<B>, ValuesOf<M>> extends true
    ? { readonly [K in keyof T]: K extends 'backbone' ? ThisMethodReadsTheAttentionOfATransformer : T[K] }
    : C
  : C;

/** Whether a method among `M` reads attention, and none of the backbones `B` has any; what is wrong already is not asked. */
type IsUnsuited<B, M> = 0 extends 1 & M
  ? false
  : string extends B
    ? false
    : [Extract<NameOf<M>, AttentionMethod>] extends [never]
      ? false
      : [Extract<B, AttentionBackbone | `${string}:${string}`>] extends [never]
        ? true
        : false;

type ValuesOf<B> = B extends Vary<infer V> ? V : B;

/** An experiment over the run config of Mixlab's training library. */
export const defineExperiment: <const T extends AuthoredExperiment>(
  // What an editor shows of each field is of the second part: `T` is what stands there.
  authored: Suited<T, Checked<T, AuthoredExperiment, T & AuthoredExperiment>>,
) => Experiment<
  RunConfig,
  AuthoredConfig,
  { readonly axes: AxesOf<T>; readonly names: NamesIn<T, AuthoredConfig> }
> = defineSweep<RunConfig, AuthoredConfig, Recipe, AuthoredSettings>(mixlabSchema) as never;

/**
 * Fields that vary in step, spread into an experiment:
 * `...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 })`.
 * The recipe may be among them.
 */
export function together<
  const First extends Together,
  const Others extends readonly Like<First, Together>[],
  // Not inferred from where the call stands: the compiler would work through all fields there are.
  Result = Coupled<First, Others, Together>,
>(first: Fields<First, Together>, ...others: AllLike<First, Others, Together>): NoInfer<Result> {
  return couple([first, ...others] as object[]) as Result;
}

/**
 * Random points, in place of a grid, spread into an experiment:
 * `...sample(20, { 'optimizer.lr': logUniform(1e-4, 1e-1), 'optimizer.weightDecay': logUniform(1e-6, 1e-3) })`.
 * One distribution gives values of one field: `mix.mixup({ alpha: sample(8, uniform(0.1, 2)) })`. The points are drawn the
 * same each time, and more of them leave those that there are as they are.
 */
export function sample<const V>(
  points: number,
  distribution: Distribution<V>,
  options?: SampleOptions,
): Vary<V, V>;
export function sample<
  const F extends Distributions,
  // Not inferred from where the call stands, as above.
  Result = Sampled<F>,
>(points: number, fields: Fields<F, Distributions>, options?: SampleOptions): NoInfer<Result>;
export function sample(points: number, drawn: object, options?: SampleOptions): unknown {
  return isDistribution(drawn)
    ? drawValues(points, drawn, options)
    : drawFields(points, drawn as Readonly<Record<string, unknown>>, options);
}

type Distributions = { readonly [K in keyof Together]?: Distribution<Exclude<Together[K], undefined>> };

type Together = Settings<AuthoredConfig, 'fixed'> & { readonly recipe?: Recipe };
