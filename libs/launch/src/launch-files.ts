import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '@mixlab/files';

/** What is kept of one start of an experiment's script. */
export interface LaunchFiles {
  /** All that the script and its trainings print. */
  readonly log: string;
  /** What `--events` tells. */
  readonly events: string;
}

/**
 * Makes the files of a start that begins now, `<folder>/.launch/<time>.log` and `.events`, which no other start has.
 * Throws what the file system throws.
 *
 * @param folder of the experiment's run directories
 */
export function createLaunchFiles(folder: string): LaunchFiles {
  const launches = join(folder, '.launch');
  makeFolder(launches);
  for (let time = Date.now(); ; time += 1) {
    const path = join(launches, new Date(time).toISOString().replace(/[:.]/g, '-'));
    try {
      closeSync(openSync(`${path}.log`, 'wx'));
      return { log: `${path}.log`, events: `${path}.events` };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
