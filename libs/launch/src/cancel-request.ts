import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { CANCEL_FILE } from '@mixlab/contracts';
import type { CancelRequest } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';

/**
 * Asks that the trial in `directory` (`…/<run>/trial<k>`), of the run with this full hash, ends with a checkpoint and is
 * not started again: its supervisor, on whatever machine, sees the file within seconds. Makes the directory for a trial
 * that has none yet. Throws what the file system throws.
 */
export function requestCancel(directory: string, hash: string): void {
  const request: CancelRequest = { hash, host: hostname(), time: new Date().toISOString() };
  makeFolder(directory);
  const temporary = join(directory, `.${CANCEL_FILE}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    writeFileSync(temporary, `${JSON.stringify(request, null, 2)}\n`, { flag: 'wx' });
    renameSync(temporary, join(directory, CANCEL_FILE));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
