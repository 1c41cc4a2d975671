import type { Backbone } from '@mixlab/catalog/backbone';
import { mixlabSchema } from '@mixlab/catalog/mixlab-schema';
import type { Recipe } from '@mixlab/catalog/recipes';
import type { Choice, OneOf, RunConfig, RunConfigPaths } from '@mixlab/catalog/run-config';
import type { UserMethod } from '@mixlab/catalog/user-catalog';
import type { Authored, Checked, ExperimentFields } from './authored.ts';
import type { AxesOf, NamesIn } from './axes.ts';
import { defineSweep } from './define-sweep.ts';
import type { Experiment } from './experiment.ts';
import type { ReportMetric } from './report.ts';
import { drawSample } from './sample.ts';
import type { DistributionsOf, SampleOver } from './sample.ts';
import type { AllPaths, Settings, ShownSettings, TakesOne, WithPaths } from './settings.ts';
import { couple } from './together.ts';
import type {
  BackboneTakesATransformerWhoseAttentionThisMethodReads,
  IsUnsuited,
  ValuesOf,
  WithSuited,
} from './suited.ts';
import type { TogetherOver } from './together.ts';
import type { WithMetrics } from './when.ts';

declare const nothing: unique symbol;

/** In place of seeds that vary: `trials: 3` repeats each run with the seeds `seed`, `seed + 1`, `seed + 2`. */
export interface UseTrialsForMoreSeeds {
  readonly [nothing]: never;
}

/** A run config as authors write it. */
export interface AuthoredConfig
  extends
    Omit<RunConfig, 'schemaVersion' | 'backbone' | 'mixMode'>,
    WithPaths<AuthoredPaths>,
    WithMetrics<ReportMetric>,
    WithSuited {
  /** The network: one that the catalog lists, any other model of timm, or one of a package of yours. */
  readonly backbone: Backbone;
  /** The mixing method and its parameters. Default: `mix.vanilla()`. */
  readonly mixMode: Method;
}

/** What `mix.<method>()` makes. */
type Method = Exclude<RunConfig['mixMode'], OneOf> | AuthoredOneOf | UserMethod;

interface AuthoredOneOf extends Omit<OneOf, 'choices'> {
  readonly choices: readonly AuthoredChoice[];
}

interface AuthoredChoice extends Omit<Choice, 'method'> {
  readonly method: Choice['method'] | UserMethod;
}

/** The paths of that config; parameters of users' own methods may add to them. */
type AuthoredPaths = {
  readonly [K in keyof RunConfigPaths]: K extends 'mixMode.choices'
    ? readonly AuthoredChoice[]
    : RunConfigPaths[K] | (K extends keyof UserPaths ? UserPaths[K] : never);
} & { readonly [K in Exclude<keyof UserPaths, keyof RunConfigPaths>]: UserPaths[K] };

type UserPaths = AllPaths<{ readonly mixMode: UserMethod }>;

/** A run config as authors write it, values that vary among it. */
export type AuthoredSettings = Omit<Settings<AuthoredConfig>, 'seed'> & {
  /** Seed of the first trial; trial k adds k - 1. Default: `0`. */
  readonly seed?: TakesOne<'seed', number> | UseTrialsForMoreSeeds;
};

type AuthoredExperiment = Authored<AuthoredSettings, Recipe, ReportMetric>;

/** In place of an experiment without a name. */
interface AnExperimentTakesAName {
  readonly name: string;
  // Not `unknown`, in which the compiler would lose what else it takes a field for.
  readonly [field: string]: object | string | number | boolean | null | undefined;
}

/** `C`, what `T` is checked against; without a name, or with a method that no backbone of `T` suits, that is told in place of the backbone. */
type Suited<T, C> = [keyof T] extends [never]
  ? C
  : 'name' extends keyof T
    ? SuitedBackbone<T, C>
    : AnExperimentTakesAName;

type SuitedBackbone<T, C> = T extends { readonly backbone: infer B; readonly mixMode: infer M }
  ? IsUnsuited<ValuesOf<B>, ValuesOf<M>> extends true
    ? {
        readonly [K in keyof C]: K extends 'backbone'
          ? BackboneTakesATransformerWhoseAttentionThisMethodReads
          : C[K];
      }
    : C
  : C;

/** An experiment over the run config of Mixlab's training library. */
export const defineExperiment: <const T extends object>(
  authored: Suited<
    T,
    Checked<
      T,
      AuthoredExperiment,
      T & ShownSettings<T, AuthoredConfig> & ExperimentFields<Recipe, ReportMetric>
    >
  >,
) => Experiment<
  RunConfig,
  AuthoredConfig,
  {
    readonly axes: AxesOf<T>;
    readonly names: NamesIn<T, AuthoredConfig>;
  }
> = defineSweep<RunConfig, AuthoredConfig, Recipe, AuthoredSettings>(mixlabSchema) as never;

/**
 * Fields that vary in step, spread into an experiment:
 * `...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 })`.
 * The recipe may be among them.
 */
export const together: TogetherOver<Together> = couple as never;

/**
 * Random points, in place of a grid, spread into an experiment:
 * `...sample(20, { 'optimizer.lr': logUniform(1e-4, 1e-1), 'optimizer.weightDecay': logUniform(1e-6, 1e-3) })`.
 * One distribution gives values of one field: `mix.mixup({ alpha: sample(8, uniform(0.1, 2)) })`. The points are drawn the
 * same each time, and more of them leave those that there are as they are.
 */
export const sample: SampleOver<Distributions> = drawSample as never;

type Distributions = DistributionsOf<Together>;

type Together = Settings<AuthoredConfig, 'fixed'> & { readonly recipe?: Recipe } & WithSuited;
