import { join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import {
  buildTable,
  layOut,
  processHours,
  readPace,
  readTrials,
  reduceRun,
  RunDirectories,
} from '@mixlab/results';
import type { Layout, Measure, readTrialLog, RunResult, TrialRecord } from '@mixlab/results';

/** One trial with what a plot needs of it. */
export interface PlotTrial extends TrialRecord {
  /** What its training costs on its device; null where the log does not tell. Reads the log when it is first asked. */
  readonly pace: () => Measure | null;
}

/** A run of the plan at its place: a row is a series, a column is where it stands. */
export interface PlotRun {
  readonly run: PlanRun;
  /** Trials with a number: of an epoch, or of a test where the metric is one. */
  readonly started: readonly PlotTrial[];
  /** By the run's report, completed trials alone. */
  readonly result: RunResult;
  readonly row: number;
  readonly column: number;
}

/** What the run directories of a plan say of one metric. */
export interface PlotData {
  readonly plan: PlanFile;
  readonly metric: string;
  readonly layout: Layout;
  /** Every run of the plan, by row, then column. */
  readonly runs: readonly PlotRun[];
  /** What the table of the same numbers warns of. */
  readonly warnings: readonly string[];
}

export interface ReadPlotDataOptions {
  /** Default: that of each run's report. */
  readonly metric?: string | undefined;
  /** Milliseconds since 1970, for telling a silent trial on another machine. Default: now. */
  readonly now?: number;
  /** Those of the folder, where they have been looked at before. */
  readonly directories?: RunDirectories;
  /** Who reads the log of a trial. */
  readonly readLog?: typeof readTrialLog;
}

/** Reads the run directories of a plan under `folder` (`work_dirs/<experiment>`); throws where the folder cannot be listed. */
export function readPlotData(
  plan: PlanFile,
  folder: string,
  { metric, now = Date.now(), directories = new RunDirectories(folder), readLog }: ReadPlotDataOptions = {},
): PlotData {
  const layout = layOut(plan.runs);
  const runs = layout.places.flatMap((places, row) =>
    places.flatMap((place, column): PlotRun[] => {
      if (!place) return [];
      const run = metric === undefined ? place : { ...place, report: { ...place.report, metric } };
      const record = readTrials(run, folder, directories, now, readLog);
      const started = record.trials.flatMap((trial) => {
        const hasNumber = trial.curve.epochs.length > 0 || (trial.tested?.value ?? null) !== null;
        if (trial.directory === null || !hasNumber) return [];
        return [{ ...trial, pace: paceOf(join(folder, trial.directory, 'log.jsonl')) }];
      });
      return [{ run, started, result: reduceRun(record, null), row, column }];
    }),
  );
  const metrics = new Set(runs.map(({ run }) => run.report.metric));
  const shown = { ...plan, runs: runs.map(({ run }) => run) };
  const { warnings } = buildTable(
    shown,
    runs.map(({ result }) => result),
    { atEpoch: null },
  );
  return { plan, metric: metric ?? [...metrics].join(', '), layout, runs, warnings };
}

function paceOf(log: string): () => Measure | null {
  let pace: Measure | null | undefined;
  return () => (pace === undefined ? (pace = readPace(log).measure) : pace);
}

/**
 * Hours on one GPU times GPUs until `epoch` was evaluated; null where the log does not tell. Of a test, as if each epoch had
 * been evaluated.
 */
export function gpuHours({ pace, curve, tested }: PlotTrial, epoch: number): number | null {
  const measure = pace();
  const evaluations = tested ? epoch : curve.epochs.filter((each) => each <= epoch).length;
  return measure && processHours(measure, epoch, evaluations);
}
