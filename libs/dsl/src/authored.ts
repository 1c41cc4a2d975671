import type { Halving } from './halving.ts';
import type { Launch } from './launch.ts';
import type { Report } from './report.ts';
import type { WithNearest } from './nearest-path.ts';
import type { AllKnown, KeysOf, TakesOne } from './settings.ts';
import type { Vary } from './vary.ts';

/** A training setting that an experiment starts from: part of a run config, under a name. */
export interface AnyRecipe {
  readonly name: string;
  readonly values: object;
}

/** What an experiment says of itself; it does not vary. */
export interface ExperimentFields<R extends AnyRecipe, M extends string = string> {
  /** Name and folder of everything generated: `imagenet/pytorch-style`. */
  readonly name: TakesOne<'name', string>;
  /** The setting that everything else is laid over. */
  readonly recipe?: TakesRecipe<R>;
  /** Repetitions of each run with other seeds, counted from 1. Default: 1. */
  readonly trials?: TakesOne<'trials', number>;
  /** How the curve of a trial becomes a number. Default: `medianOfLast(5)`. */
  readonly report?: Report<M>;
  /** Which runs are trained to the end: `halving({ metric: 'top1', eta: 3 })`. Default: all. */
  readonly halving?: Halving;
  /** What a run needs of a machine. Default: one GPU. */
  readonly launch?: Launch;
}

/** One of `recipes`, or several that vary. */
type TakesRecipe<R> = R | Vary<R, R>;

/** What stands in `defineExperiment({ … })`: `S` are the settings of the run config. */
export type Authored<S, R extends AnyRecipe, M extends string = string> = ExperimentFields<R, M> & S;

/**
 * The type that an authored object `T` is checked against: itself where every field in it is known and fits, so that its
 * literal types stay, otherwise `A`, for which the compiler marks the field that is wrong and names the nearest.
 * `Sound` may stand for itself, with more to it.
 */
export type Checked<T, A, Sound = T> = [T] extends [A]
  ? [A] extends [T]
    ? A
    : AllKnown<T, A> extends true
      ? Sound
      : WithNearest<Exclude<keyof T, KeysOf<A>>, A>
  : Valued<T, A>;

/** `A`, with a value for each field of `T` that is `undefined`: of one that may be left out, the compiler marks the whole object. */
type Valued<T, A> = [UndefinedIn<T, A>] extends [never]
  ? A
  : A & { readonly [K in UndefinedIn<T, A>]: NonNullable<unknown> };

type UndefinedIn<T, A> = {
  // What is wrong in itself, as a method that there is not, is any type.
  [K in keyof T & keyof A]: [0] extends [1 & T[K]] ? never : T[K] extends undefined ? K : never;
}[keyof T & keyof A];
