import { join } from 'node:path';
import type { PlanRun, Status } from '@mixlab/contracts';
import { formatLogWarning } from '../log/account.ts';
import { curveOf } from '../log/curve.ts';
import type { Curve } from '../log/curve.ts';
import type { Log } from '../log/log-parser.ts';
import { readLog } from '../log/log-reader.ts';
import type { RunDirectories, TrialDirectory } from './directories.ts';
import type { TrialState } from './state.ts';

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
  /** The report's metric over the epochs. */
  readonly curve: Curve;
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

/** Reads every planned trial of a run. What is wrong in a directory is a warning; the others stay readable. */
export function readTrials(
  run: PlanRun,
  folder: string,
  directories: RunDirectories,
  now?: number,
): RunRecord {
  const { trials: found, warnings } = directories.find(run, now);
  const trials = Array.from({ length: run.trials }, (_, index) => {
    const trial = index + 1;
    const directory = found.get(trial);
    return directory ? readTrial(run, folder, directory) : plannedTrial(run, trial);
  });
  const extra = [...found.keys()].filter((trial) => trial > run.trials).sort((a, b) => a - b);
  const beyond = extra.length > 0 ? [`trial ${extra.join(', ')} left out: the plan has ${run.trials}`] : [];
  return { run, trials, warnings: [...warnings, ...beyond] };
}

function plannedTrial(run: PlanRun, trial: number): TrialRecord {
  const maxEpochs = plannedLength(run, null);
  return {
    trial,
    state: 'planned',
    directory: null,
    epoch: 0,
    maxEpochs,
    error: null,
    curve: noCurve,
    batchNormImages: [],
    warnings: [],
  };
}

function readTrial(run: PlanRun, folder: string, directory: TrialDirectory): TrialRecord {
  const { trial, path, state, status } = directory;
  const found = readCurve(join(folder, path, 'log.jsonl'), run.report.metric, status, state);
  const { curve, batchNormImages, warnings } = found;
  return {
    trial,
    state,
    directory: path,
    epoch: status?.epoch ?? curve.epochs.at(-1) ?? 0,
    maxEpochs: plannedLength(run, status),
    error: status?.error ?? null,
    curve,
    batchNormImages,
    warnings: [...directory.warnings, ...warnings],
  };
}

/** The plan says how long a training is where its engine calls that `maxEpochs`; the status always does. */
function plannedLength(run: PlanRun, status: Status | null): number | null {
  const planned = run.axes['maxEpochs'];
  return typeof planned === 'number' ? planned : (status?.maxEpochs ?? null);
}

function readCurve(
  path: string,
  metric: string,
  status: Status | null,
  state: TrialState,
): Pick<TrialRecord, 'curve' | 'batchNormImages' | 'warnings'> {
  let log: Log;
  try {
    log = readLog(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const nothing = { curve: noCurve, batchNormImages: [] };
    if (code === 'ENOENT' && state !== 'completed') return { ...nothing, warnings: [] };
    return { ...nothing, warnings: [`log.jsonl cannot be read: ${code ?? message}`] };
  }
  // A running training may be in the middle of its line.
  const troubles = log.warnings.filter(({ code }) => !(code === 'unfinished' && state === 'running'));
  const warnings = troubles.map((trouble) => formatLogWarning(trouble));
  const { withoutNumber, ...whole } = curveOf(log, metric);
  if (withoutNumber.length > 0)
    warnings.push(`${metric} is not a number ${atEpochs(withoutNumber)}, left out`);
  return { curve: ofPresentWeights(whole, log, status), batchNormImages: log.batchNormImages, warnings };
}

/**
 * An attempt that has not logged an epoch yet has already said in the status which epoch it resumed from; what
 * older attempts logged after it belongs to weights that are lost. (The epoch under way may be logged already.)
 */
function ofPresentWeights(curve: Curve, log: Log, status: Status | null): Curve {
  if (!status || status.attempt <= log.attempt) return curve;
  const kept = curve.epochs.filter((epoch) => epoch <= status.epoch + 1).length;
  return { epochs: curve.epochs.slice(0, kept), values: curve.values.slice(0, kept) };
}

function atEpochs(epochs: readonly number[]): string {
  const shown = epochs.slice(0, 5).join(', ');
  return `at epoch ${shown}${epochs.length > 5 ? `, … (${epochs.length} epochs)` : ''}`;
}
