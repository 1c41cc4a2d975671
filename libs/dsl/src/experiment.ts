import type { SourceLocation } from '@mixlab/contracts/issue';
import type { JsonValue } from '@mixlab/contracts/json';
import type { SweepSchema } from '@mixlab/contracts/sweep-schema';
import type { Node } from './node.ts';
import type { ForKeys } from './nearest-path.ts';
import type { Refusing, UnsuitedWhere } from './suited.ts';
import type { AnyName, Condition, Known, Overrides } from './when.ts';

/** Marks an experiment; registered globally, so that two copies of this module understand each other. */
export const experimentMark: unique symbol = Symbol.for('mixlab.experiment') as never;

/** A `when` or an `exclude`. */
export type Step =
  | {
      readonly kind: 'when';
      readonly condition: Node;
      readonly overrides: Node;
      readonly at?: SourceLocation;
    }
  | { readonly kind: 'exclude'; readonly condition: Node; readonly at?: SourceLocation };

/** A value that the command line sets: `--set maxEpochs=200`. */
export interface CommandLineSetting {
  readonly path: string;
  readonly value: JsonValue;
}

/** An experiment as data, unchecked: `planExperiment` finds what is wrong with it. Frozen at every depth. */
export interface ExperimentData<C = unknown> {
  readonly [experimentMark]: true;
  /** Empty where the author gave no string. */
  readonly name: string;
  readonly schema: SweepSchema<C>;
  /** The object given to `defineExperiment`. */
  readonly authored: Node;
  /** In the order they were chained. */
  readonly steps: readonly Step[];
  readonly settings: readonly CommandLineSetting[];
}

/** What lists of different experiments are of: `const all: Experiment[] = []`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Anything = any;

/**
 * An experiment: an immutable value, to which `when` and `exclude` give a changed copy.
 *
 * `C` is the type of a run config, `S` that of a config as authors write it, `K` what is known of the axes.
 */
export interface Experiment<
  in out C = Anything,
  in out S = Anything,
  in out K extends Known = Anything,
> extends ExperimentData<C> {
  /** Sets values in all points that match; later ones win. Matching nothing is an error. */
  when<const Name extends AnyName<K>, Key extends string, const If extends object, const Set extends object>(
    condition: Seen<If, Condition<keyof K['axes'], K, Name, S>>,
    overrides: ForKeys<Key, Refusing<UnsuitedWhere<S, If, Set>, Overrides<S, Name>>, Set>,
  ): Experiment<C, S, K>;
  /** Leaves out all points that match. Matching nothing is an error. */
  exclude(condition: Condition<keyof K['axes'], K, AnyName<K>, S>): Experiment<C, S, K>;
}

/** `A`; the compiler sees in the first branch, never taken, what is written in its place, `If`. */
type Seen<If, A> = unknown extends If ? If : A;

/** Whether a value was made by `defineExperiment` or another `defineSweep`. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && experimentMark in value;
}
