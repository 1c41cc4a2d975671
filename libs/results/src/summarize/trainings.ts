import type { Measurement } from '../log/log-line.ts';
import type { Curve } from '../log/curve.ts';
import type { FoundLog } from './find-logs.ts';

/** A whole training: one log, and those that went on from its checkpoints. */
export interface Training {
  readonly logs: readonly FoundLog[];
  /** By epoch, of the weights that the training ended with. */
  readonly evaluations: readonly Measurement[];
}

/** Puts logs that went on from a checkpoint behind the one before them, by name. */
export function trainingsOf(logs: readonly FoundLog[]): Training[] {
  const trainings: Training[] = [];
  for (const found of logs) {
    const { resumedAfter, evaluations } = found.log;
    const before = resumedAfter === null ? undefined : trainings.pop();
    const kept = before?.evaluations.filter(({ epoch }) => epoch <= resumedAfter!) ?? [];
    trainings.push({ logs: [...(before?.logs ?? []), found], evaluations: [...kept, ...evaluations] });
  }
  return trainings;
}

/** The field of an evaluation that a key names; our `top1` is OpenMixup's `head0_top1`. */
export function fieldOf(evaluation: Measurement, key: string): number | undefined {
  const names = [key, key.startsWith('head0_') ? key.slice('head0_'.length) : `head0_${key}`];
  const name = names.find((each) => Object.hasOwn(evaluation.fields, each));
  const value = name === undefined ? undefined : evaluation.fields[name];
  return typeof value === 'number' ? value : undefined;
}

/** All values of a key as they were written, NaN too. */
export function writtenValues({ log }: FoundLog, key: string, fromEpoch = 0): number[] {
  return log.written.flatMap((each) => (each.epoch >= fromEpoch ? (fieldOf(each, key) ?? []) : []));
}

/** The finite values of a key, one an epoch, and the epochs whose value is missing or not finite. */
export function trainingCurve(training: Training, key: string): Curve & { withoutNumber: number[] } {
  const values = new Map<number, number | undefined>();
  for (const evaluation of training.evaluations) values.set(evaluation.epoch, fieldOf(evaluation, key));
  const all = [...values].map(([epoch, value]) => ({ epoch, value }));
  const sound = all.filter((point): point is { epoch: number; value: number } =>
    Number.isFinite(point.value),
  );
  return {
    epochs: sound.map(({ epoch }) => epoch),
    values: sound.map(({ value }) => value),
    withoutNumber: all.filter(({ value }) => !Number.isFinite(value)).map(({ epoch }) => epoch),
  };
}
