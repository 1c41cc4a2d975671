import { realpathSync } from 'node:fs';
import { sep } from 'node:path';

/** Whether what a path leads to, links followed, lies within one of the folders; false where there is nothing. */
export function isInside(path: string, folders: readonly string[]): boolean {
  const real = realPath(path);
  if (real === undefined) return false;
  return folders.some((folder) => {
    const root = realPath(folder);
    return (
      root !== undefined && (real === root || real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`))
    );
  });
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
