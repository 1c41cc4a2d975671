import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

/** What folders are with all links followed; those that are not there are left out. */
export function realFolders(folders: readonly string[]): string[] {
  return [...new Set(folders.flatMap((folder) => realPath(folder) ?? []))];
}

/** Whether what a path leads to, links followed, lies within one of the `realFolders`; false where there is nothing. */
export function isInside(path: string, folders: readonly string[]): boolean {
  const real = realPath(path);
  if (real === undefined) return false;
  return folders.some(
    (root) => real === root || real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`),
  );
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
