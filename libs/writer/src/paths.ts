import { posix, relative, sep } from 'node:path';

/** The record of what was written, in each experiment's folder. */
export const MANIFEST = '.manifest.json';
/** Holds the journal and the temporary files while files are written; left behind only by a crash. */
export const STAGING = '.writing';

const UNSAFE = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;
const OURS = /^\.(?:manifest\.json|writing)(?:\/|$)/;

/** What no file elsewhere may be called: the bookkeeping of some experiment, or of the output folder. */
const BOOKKEEPING = /(?:^|\/)\.(?:manifest\.json|writing|lock[^/]*)(?:\/|$)/;

/**
 * Whether a path, read from an experiment's folder, can only name something that the writer may touch: inside that
 * folder, or elsewhere below the output folder (`../r18/a.json`), in the one way in which it is written then.
 */
export function isConfined(path: string, experiment = ''): boolean {
  if (!isElsewhere(path)) return !UNSAFE.test(path) && !OURS.test(path);
  const full = posix.join(experiment, path);
  return !UNSAFE.test(full) && !BOOKKEEPING.test(full) && posix.relative(experiment, full) === path;
}

/** Whether a path leads out of its experiment's folder. */
export function isElsewhere(path: string): boolean {
  return path.startsWith('../');
}

/** The folders that a path passes through, outermost first: `a/b/c` gives `a`, `a/b`. */
export function ancestors(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    found.push(path.slice(0, slash));
  }
  return found;
}

/** The folder that a path lies in, empty for one at the top. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** A path as the person at the keyboard would type it: relative where it lies below the current folder. */
export function displayPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere === '..' || fromHere.startsWith(`..${sep}`) ? path : fromHere;
}
