import type { PlanRun } from '@mixlab/contracts';
import type { RunRecord, TrialRecord } from '../run/read-trials.ts';
import { reduceCurve } from './reduce-curve.ts';
import { mean, sampleStd } from './statistics.ts';

/** One trial and its number, if it has one. */
export interface TrialResult extends Omit<TrialRecord, 'curve'> {
  readonly value: number | null;
}

export interface RunResult {
  readonly run: PlanRun;
  readonly trials: readonly TrialResult[];
  /** Trials that have a number. */
  readonly n: number;
  readonly mean: number | null;
  /** Sample standard deviation (n − 1) over trials; null for fewer than two. */
  readonly std: number | null;
  readonly warnings: readonly string[];
}

/**
 * Reduces the trials of a run by the run's report.
 *
 * Without `atEpoch` only completed trials have a number: that of their planned length. With it every trial that has
 * evaluated that epoch or a later one has the number it would have had if it had ended there, finished or not.
 */
export function reduceRun(record: RunRecord, atEpoch: number | null): RunResult {
  const trials = record.trials.map((trial) => reduceTrial(trial, record.run, atEpoch));
  const values = trials.flatMap(({ value }) => (value === null ? [] : [value]));
  return {
    run: record.run,
    trials,
    n: values.length,
    mean: values.length > 0 ? mean(values) : null,
    std: sampleStd(values),
    warnings: record.warnings,
  };
}

function reduceTrial(record: TrialRecord, run: PlanRun, atEpoch: number | null): TrialResult {
  const { curve, ...trial } = record;
  const without = (...warnings: string[]): TrialResult => ({
    ...trial,
    value: null,
    warnings: [...trial.warnings, ...warnings],
  });
  const lastEvaluated = curve.epochs.at(-1) ?? 0;
  if (atEpoch === null) {
    if (trial.state !== 'completed') return without();
    if (trial.maxEpochs === null) return without('its planned length is not known');
    if (Math.max(trial.epoch, lastEvaluated) < trial.maxEpochs)
      return without(`completed after ${trial.epoch} of ${trial.maxEpochs} epochs, left out`);
  } else if (lastEvaluated < atEpoch) return without();

  if (trial.tested) {
    const { value, checkpoint, epoch } = trial.tested;
    if (value === null) return without(`no ${run.report.metric} in test.jsonl`);
    const early = checkpoint === 'last.pt' && epoch !== null && epoch < trial.maxEpochs!;
    const warnings = early ? [`last.pt was tested after ${epoch} of ${trial.maxEpochs} epochs`] : [];
    return { ...trial, value, warnings: [...trial.warnings, ...warnings] };
  }
  const { value, warnings } = reduceCurve(curve, run.report, atEpoch ?? trial.maxEpochs!);
  if (value === null) return without(`no ${run.report.metric} in the epochs that count`);
  return { ...trial, value, warnings: [...trial.warnings, ...warnings] };
}

/** The greatest epoch that every trial with an evaluation has evaluated; null where there is none. */
export function commonEpoch(records: readonly RunRecord[]): number | null {
  const curves = records.flatMap(({ trials }) => trials.map(({ curve }) => curve.epochs));
  const started = curves.filter((epochs) => epochs.length > 0).map((epochs) => new Set(epochs));
  const [first, ...others] = started;
  const common = [...(first ?? [])].filter((epoch) => others.every((epochs) => epochs.has(epoch)));
  return common.at(-1) ?? null;
}
