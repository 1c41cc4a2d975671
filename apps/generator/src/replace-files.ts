import { copyFileSync, existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { naming } from '@mixlab/writer';

/**
 * Gives files their new texts, all of them or none, and each has one of its texts as a whole at every moment. New and former
 * texts lie beside the files before the first one is replaced: a disk that is full stops nothing half-way.
 *
 * @throws ConfigError with the file that cannot be written
 */
export function replaceFiles(files: readonly { readonly path: string; readonly text: string }[]): void {
  const steps = files.map(({ path, text }) => {
    const isThere = existsSync(path);
    const target = isThere ? realpathSync(path) : path;
    const beside = `${target}.${process.pid}`;
    return { path, text, isThere, target, next: `${beside}.next`, former: `${beside}.former` };
  });
  const done: typeof steps = [];
  try {
    for (const { path, text, isThere, target, next, former } of steps) {
      naming('write', path, () => {
        // Copies have its permissions.
        for (const copy of isThere ? [next, former] : []) copyFileSync(target, copy);
        writeFileSync(next, text, { flush: true });
      });
    }
    for (const step of steps) {
      naming('write', step.path, () => renameSync(step.next, step.target));
      done.push(step);
    }
  } catch (error) {
    for (const { isThere, target, former } of done) {
      if (isThere) renameSync(former, target);
      else rmSync(target);
    }
    throw error;
  } finally {
    for (const { next, former } of steps) for (const file of [next, former]) rmSync(file, { force: true });
  }
}
