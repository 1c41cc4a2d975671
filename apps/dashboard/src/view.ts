import type { ShownTrial } from '@mixlab/launcher/queued-trials';
import type { FigurePoint } from '@mixlab/plots/browser';

/** What the server tells the page; an export holds the same. */

/** One planned trial. */
export interface TrialView extends Omit<ShownTrial, 'warnings' | 'secondsSinceHeartbeat' | 'host' | 'pid'> {
  /** `node7:4711 job 12`; empty before the first attempt. */
  readonly place: string;
}

export interface ExperimentView {
  readonly experiment: string;
  /** In the plan's order. */
  readonly trials: readonly TrialView[];
  /** Null where all runs are trained to the end. */
  readonly rungs: RungsView | null;
}

/** How far a halving is. */
export interface RungsView {
  readonly text: string;
  /** Epochs after which runs were left out, by the runs' names. */
  readonly leftOut: Readonly<Record<string, number>>;
}

export interface Overview {
  /** Name of the workspace's folder. */
  readonly workspace: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly experiments: readonly ExperimentView[];
  /** A line each: plans that cannot be read, folders that cannot be watched. */
  readonly problems: readonly string[];
}

/** Trials of an experiment that were looked at again, each with its place in `ExperimentView.trials`. */
export interface Changes {
  readonly experiment: string;
  readonly trials: readonly (readonly [number, TrialView])[];
  /** Where rungs were decided since the last look. */
  readonly rungs?: RungsView | null;
}

/** A trial that trains now. */
export interface SlotView {
  readonly experiment: string;
  readonly run: string;
  readonly trial: number;
  readonly epoch: number;
  readonly maxEpochs: number | null;
  /** Of the epoch under way. */
  readonly step: number;
  readonly stepsPerEpoch: number | null;
  readonly secondsLeft: number | null;
  readonly metric: string;
  readonly value: number | null;
  readonly place: string;
  readonly points: readonly FigurePoint[];
}

export interface TableCellView {
  /** Null where the plan has no such run. */
  readonly run: string | null;
  readonly text: string;
  /** What is published of it, and ours less that; null where nothing is. */
  readonly published: { readonly text: string; readonly difference: string; readonly mark: string } | null;
}

export interface TableView {
  readonly experiment: string;
  readonly caption: string;
  /** How the published figures were made; empty where there are none. */
  readonly published: readonly string[];
  readonly rowHeader: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly label: string; readonly cells: readonly TableCellView[] }[];
  readonly notes: readonly { readonly title: string; readonly lines: readonly string[] }[];
  readonly warnings: readonly string[];
}

/** A name and what stands beside it. */
export type Fact = readonly [name: string, value: string];

export interface TrialDetail {
  readonly trial: TrialView;
  /** Devices, software and code; empty where nothing tells. */
  readonly provenance: readonly Fact[];
  /** What the newest attempt printed last: in an export alone, the live page follows it. */
  readonly output: OutputView | null;
}

export interface OutputView {
  readonly attempt: number;
  readonly text: string;
}

/** One metric of a run by epoch. */
export interface MetricView {
  readonly metric: string;
  readonly label: string;
  /** Mean and std over trials, as far as all have come. */
  readonly mean: readonly FigurePoint[];
  readonly trials: readonly { readonly trial: number; readonly points: readonly FigurePoint[] }[];
}

export interface RunView {
  readonly experiment: string;
  readonly run: string;
  readonly hash: string;
  /** How its number comes from the curve, and the number of the trials that are completed. */
  readonly report: string;
  readonly result: string;
  /** The epoch after which a halving left it out; null where none has. */
  readonly leftOutAfter: number | null;
  /** Axes of the experiment that vary, with this run's values. */
  readonly varied: readonly Fact[];
  /** Every value of the run config by path, and the file it is from. */
  readonly config: { readonly file: string; readonly values: readonly Fact[] } | null;
  readonly metrics: readonly MetricView[];
  readonly trials: readonly TrialDetail[];
  readonly warnings: readonly string[];
}

/** What an exported page holds: `details` by experiment and run, of runs that have started. */
export interface Exported {
  readonly overview: Overview;
  readonly running: readonly SlotView[];
  readonly tables: readonly TableView[];
}

export type ExportedRuns = Readonly<Record<string, Readonly<Record<string, RunView>>>>;
