import { relative, sep } from 'node:path';

/** The record of what was written, in each experiment's folder. */
export const MANIFEST = '.manifest.json';
/** Holds the journal and the temporary files while files are written; left behind only by a crash. */
export const STAGING = '.writing';

const UNSAFE = /(?:^|\/)\.{0,2}(?:\/|$)|\0/;
const OURS = /^\.(?:manifest\.json|writing)(?:\/|$)/;

/** Whether a path, read from its folder, can only name something inside it that the writer may touch. */
export function isConfined(path: string): boolean {
  return !UNSAFE.test(path) && !OURS.test(path);
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
