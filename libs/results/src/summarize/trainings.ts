import type { Measurement } from '../log/log-line.ts';
import { fieldOf } from '../log/field.ts';
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

/** All values of a key as they were written, NaN too. */
export function writtenValues({ log }: FoundLog, key: string, fromEpoch = 0): number[] {
  const values: number[] = [];
  for (const evaluation of log.written) {
    const value = evaluation.epoch >= fromEpoch ? fieldOf(evaluation, key) : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}
