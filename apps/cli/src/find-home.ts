import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The workspace root: the nearest folder at or above `cwd` that holds `configs/`. A generated experiment has a folder
 * of that name too and is told by its plan.
 */
export function findHome(cwd: string): string | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const configs = statSync(join(folder, 'configs'), { throwIfNoEntry: false });
    if (configs?.isDirectory() && !existsSync(join(folder, 'plan.json'))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}
