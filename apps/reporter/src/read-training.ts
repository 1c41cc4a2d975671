import { join } from 'node:path';
import { circumstances, processHours, readPace, readProvenance } from '@mixlab/results';
import type { Circumstance, Table } from '@mixlab/results';

/** How the trials with a number in a table were trained. */
export interface Training {
  readonly trials: number;
  /** Trials without a `provenance.json` that can be read. */
  readonly unknown: number;
  readonly circumstances: readonly Circumstance[];
  /** Of all trials together: hours times processes; null where a log does not tell. */
  readonly hours: number | null;
  /** The command line of one of them. */
  readonly command: readonly string[] | null;
}

export function readTraining(table: Table, runFolder: string): Training {
  const trials = table.cells.flat().flatMap((cell) =>
    (cell?.trials ?? []).flatMap(({ value, directory, maxEpochs, epoch }) => {
      return value === null || directory === null ? [] : [{ directory, epochs: maxEpochs ?? epoch }];
    }),
  );
  const known = trials.flatMap(({ directory }) => {
    return readProvenance(join(runFolder, directory, 'provenance.json')) ?? [];
  });
  const hours = trials.map(({ directory, epochs }) => {
    const { measure } = readPace(join(runFolder, directory, 'log.jsonl'));
    // As if each epoch were evaluated, which is what nearly all experiments do.
    return measure && processHours(measure, epochs, epochs);
  });
  return {
    trials: trials.length,
    unknown: trials.length - known.length,
    circumstances: circumstances(known),
    hours: hours.reduce((sum, each) => (sum === null || each === null ? null : sum + each), 0),
    command: known[0]?.command ?? null,
  };
}
