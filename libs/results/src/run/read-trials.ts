import type { PlanRun, Status } from '@mixlab/contracts';
import { curveOf } from '../log/curve.ts';
import type { Curve } from '../log/curve.ts';
import { nameIn } from '../log/field.ts';
import type { RunDirectories, TrialDirectory } from './directories.ts';
import type { TrialState } from './state.ts';
import { isTestMetric, readTest } from './test-metric.ts';
import type { TestResult } from './test-metric.ts';
import { readTrialLog } from './trial-log.ts';
import type { TrialLog } from './trial-log.ts';

/** One trial as its directory has it, not reduced yet. */
export interface TrialRecord {
  readonly trial: number;
  readonly state: TrialState;
  /** Below the experiment's folder; null where there is none. */
  readonly directory: string | null;
  /** Epochs finished. */
  readonly epoch: number;
  /** Planned length; null where neither the plan nor the status tells. */
  readonly maxEpochs: number | null;
  readonly error: string | null;
  /** The report's metric over the epochs; empty where it is one of a test. */
  readonly curve: Curve;
  /** The report's metric where that is one of a test, null for any other. */
  readonly tested: TestResult | null;
  /** How many images the statistics of batch norm were of, each number once, as attempts came; empty without. */
  readonly batchNormImages: readonly number[];
  readonly warnings: readonly string[];
}

/** A run of the plan and its planned trials, in order. */
export interface RunRecord {
  readonly run: PlanRun;
  readonly trials: readonly TrialRecord[];
  readonly warnings: readonly string[];
}

const noCurve: Curve = { epochs: [], values: [] };

/**
 * Reads every planned trial of a run. What is wrong in a directory is a warning; the others stay readable. `readLog` is for
 * who asks about one log several times.
 */
export function readTrials(
  run: PlanRun,
  folder: string,
  directories: RunDirectories,
  now?: number,
  readLog: typeof readTrialLog = readTrialLog,
): RunRecord {
  const { trials: found, warnings } = directories.find(run, now);
  const trials = Array.from({ length: run.trials }, (_, index) => {
    const trial = index + 1;
    const directory = found.get(trial);
    return directory ? readTrial(run, folder, directory, readLog) : plannedTrial(run, trial);
  });
  const extra = [...found.keys()].filter((trial) => trial > run.trials).sort((a, b) => a - b);
  const beyond = extra.length > 0 ? [`trial ${extra.join(', ')} left out: the plan has ${run.trials}`] : [];
  return { run, trials, warnings: [...warnings, ...beyond] };
}

function plannedTrial(run: PlanRun, trial: number): TrialRecord {
  const maxEpochs = plannedLength(run, null, 0);
  return {
    trial,
    state: 'planned',
    directory: null,
    epoch: 0,
    maxEpochs,
    error: null,
    curve: noCurve,
    tested: null,
    batchNormImages: [],
    warnings: [],
  };
}

function readTrial(
  run: PlanRun,
  folder: string,
  directory: TrialDirectory,
  readLog: typeof readTrialLog,
): TrialRecord {
  const { trial, path, status } = directory;
  const { metric } = run.report;
  const found = readCurve(`${folder}/${path}`, metric, status, directory.state, readLog);
  const { curve, batchNormImages, warnings, isForeign } = found;
  const evaluated = curve.epochs.at(-1) ?? 0;
  const planned = plannedLength(run, status, evaluated);
  // Nobody but its log tells of a training that was started by hand in a checkout of OpenMixup.
  const isDone = isForeign && status === null && planned !== null && evaluated >= planned;
  const tested = isTestMetric(metric) ? readTest(`${folder}/${path}/test.jsonl`, metric, run.hash) : null;
  return {
    trial,
    state: isDone ? 'completed' : directory.state,
    directory: path,
    // The scripts that look after a foreign training know of no epoch before its last.
    epoch: isForeign ? Math.max(evaluated, status?.epoch ?? 0) : (status?.epoch ?? evaluated),
    maxEpochs: planned,
    error: status?.error ?? null,
    curve,
    tested,
    batchNormImages,
    warnings: [...directory.warnings, ...warnings, ...(tested?.warnings ?? [])],
  };
}

const LENGTHS = ['maxEpochs', 'runner.max_epochs'];

/**
 * The plan says how long a training is where its engine calls that `maxEpochs` or as OpenMixup does; the status does, but for
 * engines of a user's own, which are known to end and no more.
 */
function plannedLength(run: PlanRun, status: Status | null, evaluated: number): number | null {
  const planned = LENGTHS.map((axis) => run.axes[axis]).find((value) => typeof value === 'number');
  if (planned !== undefined) return planned as number;
  if (status === null) return null;
  return status.state === 'completed' ? Math.max(status.maxEpochs, evaluated) : status.maxEpochs;
}

function readCurve(
  directory: string,
  metric: string,
  status: Status | null,
  state: TrialState,
  readLog: typeof readTrialLog,
): Pick<TrialRecord, 'curve' | 'batchNormImages' | 'warnings'> & { readonly isForeign: boolean } {
  const nothing = { curve: noCurve, batchNormImages: [], isForeign: false };
  let log: TrialLog | undefined;
  try {
    log = readLog(directory);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ...nothing, warnings: [`log.jsonl cannot be read: ${code ?? message}`] };
  }
  if (!log) return { ...nothing, warnings: state === 'completed' ? ['there is no log'] : [] };
  // A running training may be in the middle of its line.
  const troubles = log.warnings.filter(({ code }) => !(code === 'unfinished' && state === 'running'));
  const warnings = troubles.map(({ text }) => text);
  const name = nameIn(log.evaluations, metric);
  const { withoutNumber, ...whole } = curveOf(log, name);
  if (withoutNumber.length > 0 && !isTestMetric(metric))
    warnings.push(`${name} is not a number ${atEpochs(withoutNumber)}, left out`);
  return {
    curve: ofPresentWeights(whole, log, status),
    batchNormImages: log.batchNormImages,
    warnings,
    isForeign: log.attempt === null,
  };
}

/**
 * An attempt that has not logged an epoch yet has already said in the status which epoch it resumed from; what
 * older attempts logged after it belongs to weights that are lost. (The epoch under way may be logged already.)
 */
function ofPresentWeights(curve: Curve, { attempt }: TrialLog, status: Status | null): Curve {
  if (!status || attempt === null || status.attempt <= attempt) return curve;
  const kept = curve.epochs.filter((epoch) => epoch <= status.epoch + 1).length;
  return { epochs: curve.epochs.slice(0, kept), values: curve.values.slice(0, kept) };
}

function atEpochs(epochs: readonly number[]): string {
  const shown = epochs.slice(0, 5).join(', ');
  return `at epoch ${shown}${epochs.length > 5 ? `, … (${epochs.length} epochs)` : ''}`;
}
