import { readdirSync } from 'node:fs';
import { formatLogWarning } from '../log/account.ts';
import { openmixupLog } from '../log/dialect.ts';
import type { Measurement } from '../log/log-line.ts';
import { readLog } from '../log/log-reader.ts';
import { trainingsOf } from '../summarize/trainings.ts';

/** What the log of a trial says, whoever wrote it. */
export interface TrialLog {
  /** By epoch and step, of the weights that the trial has now. */
  readonly evaluations: readonly Measurement[];
  /** The newest attempt that has logged an epoch; null where lines do not tell, as in OpenMixup's. */
  readonly attempt: number | null;
  readonly batchNormImages: readonly number[];
  /** With the code of a `LogWarning`, or `older`. */
  readonly warnings: readonly { readonly code: string; readonly text: string }[];
}

const OWN = 'log.jsonl';
const FOREIGN = '.log.json';

/**
 * Reads `log.jsonl`, or where there is none what OpenMixup left in its place: a `<time>.log.json` for each start, of which
 * those that went on from a checkpoint are one training. Undefined where there is neither; throws what the file system throws.
 */
export function readTrialLog(directory: string): TrialLog | undefined {
  try {
    const { evaluations, attempt, batchNormImages, warnings } = readLog(`${directory}/${OWN}`);
    const told = warnings.map((warning) => ({ code: warning.code, text: formatLogWarning(warning, OWN) }));
    return { evaluations, attempt, batchNormImages, warnings: told };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
  }
  const found = foreignLogs(directory).map((name) => ({
    name,
    log: readLog(`${directory}/${name}`, openmixupLog),
  }));
  const trainings = trainingsOf(found);
  const newest = trainings.pop();
  if (!newest) return undefined;
  const troubles = newest.logs.flatMap(({ name, log }) =>
    log.warnings.map((warning) => ({ code: warning.code, text: formatLogWarning(warning, name) })),
  );
  const older = trainings.flatMap(({ logs }) => logs.map(({ name }) => name));
  const leftOut = `${older.join(', ')} left out: the training began anew`;
  return {
    evaluations: newest.evaluations,
    attempt: null,
    batchNormImages: [],
    warnings: [...troubles, ...(older.length > 0 ? [{ code: 'older', text: leftOut }] : [])],
  };
}

/** Names of the logs that OpenMixup left in a folder, the oldest first; a missing folder has none. */
export function foreignLogs(directory: string): string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(FOREIGN))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
