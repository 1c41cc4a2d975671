import { basename, dirname } from 'node:path';
import { lockFiles, removeEmptyFolders, removeFile, removeIfEmpty, takeLock } from '@mixlab/launch';
import { readTrialStatus } from '@mixlab/results';
import type { ProcessName } from '@mixlab/results';
import { heldBy, isDead } from './find-removable.ts';
import type { Finder, Removable } from './find-removable.ts';

const TRIAL = /^trial[1-9][0-9]*$/;

// They say whose the directory is, and go last.
const IDENTITY = ['status.json', 'provenance.json'];

/**
 * Removes what was found in a run directory as far as it still may go, while this process holds the directory.
 *
 * @returns what was removed, and why something was not
 */
export function removeFrom(
  directory: string,
  found: Removable,
  find: Finder,
  self: ProcessName,
): { readonly done: Removable; readonly problem: string | undefined } {
  const removed: Removable['files'][number][] = [];
  const result = (problem?: string) => ({ done: { ...found, files: removed }, problem });
  try {
    const locks = new Set(lockFiles(directory).map(({ path }) => path));
    const lock = takeLock(directory, self, isDead);
    if (!('release' in lock)) return result(heldBy(lock));
    try {
      // Between the look and the lock a training may have begun, and ended.
      const { status, state } = readTrialStatus(directory);
      if (status && state === 'running') return result('a training runs there');
      const now = find(directory);
      const still = new Set(typeof now === 'object' ? now.files.map(({ path }) => path) : []);
      const last = (path: string) => IDENTITY.indexOf(basename(path));
      for (const file of [...found.files].sort((a, b) => last(a.path) - last(b.path))) {
        // What there was of a lock has become this process's.
        if (locks.has(file.path)) removed.push(file);
        else if (still.has(file.path)) {
          removeFile(file.path);
          removed.push(file);
        }
      }
      if (found.whole) removeEmptyFolders(directory);
    } finally {
      lock.release();
    }
    if (found.whole && removeIfEmpty(directory) && TRIAL.test(basename(directory)))
      removeIfEmpty(dirname(directory));
    return result();
  } catch (error) {
    return result((error as Error).message);
  }
}
