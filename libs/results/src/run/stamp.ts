import { fstatSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';

/** Differs after every change of a file that is replaced as a whole or appended to, and of a folder's names. */
export interface Stamp {
  readonly ino: number;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
  /** When the stamp was taken, in the same unit. */
  readonly takenAt: number;
}

// Two changes within a tick of the file system's clock leave the same time.
const MILLISECONDS_OF_DOUBT = 2000;

/** Of a file or folder as it is now; undefined where it cannot be told. */
export function stampOf(path: string): Stamp | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && stamp(stats);
  } catch {
    return undefined;
  }
}

/** Whether what was read under the stamp `before` certainly is what is there now. */
export function isUnchanged(before: Stamp | undefined, now: Stamp | undefined): boolean {
  return (
    before !== undefined &&
    now !== undefined &&
    before.ino === now.ino &&
    before.size === now.size &&
    before.mtimeMs === now.mtimeMs &&
    before.takenAt - before.mtimeMs > MILLISECONDS_OF_DOUBT
  );
}

/** Of an open file. */
export function stampOfOpen(file: number): Stamp {
  return stamp(fstatSync(file));
}

function stamp({ ino, size, mtimeMs }: Stats): Stamp {
  return { ino, size, mtimeMs, takenAt: Date.now() };
}
