import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** A file, or a link, that may go. */
export interface RemovableFile {
  /** Absolute. */
  readonly path: string;
  /** What it takes on the disk is about that; 0 for a link. */
  readonly bytes: number;
}

/** Which checkpoints of a trial are meant. */
export type CheckpointChoice = 'all' | 'previous' | 'none';

const CHECKPOINTS = /^(best|last)(\.[a-z]+)?\.pt$/;
const PREVIOUS = 'last.prev.pt';
const TEMPORARY = /^\..+\.[0-9a-f]{16}\.tmp$/;
const LOCKS = /^lock(\.after\.[0-9A-Za-z]+)?$/;

/** The checkpoints in a run directory. A folder of checkpoints that is a link to elsewhere is a link to remove. */
export function checkpointFiles(directory: string, choice: CheckpointChoice): RemovableFile[] {
  const folder = join(directory, 'checkpoints');
  if (choice === 'none') return [];
  if (isLink(folder)) return choice === 'all' ? [{ path: folder, bytes: 0 }] : [];
  return filesIn(folder, (name) => (choice === 'all' ? CHECKPOINTS.test(name) : name === PREVIOUS));
}

/** What writers that were killed left in a run directory: files that were to take another one's place. */
export function temporaryFiles(directory: string): RemovableFile[] {
  const folders = [directory, join(directory, 'checkpoints'), join(directory, 'attempts')];
  return folders
    .filter((folder) => !isLink(folder))
    .flatMap((folder) => filesIn(folder, (name) => TEMPORARY.test(name)));
}

export function lockFiles(directory: string): RemovableFile[] {
  return isLink(directory) ? [] : filesIn(directory, (name) => LOCKS.test(name));
}

/** Everything in a run directory but its lock; links are not followed. */
export function allFiles(directory: string): RemovableFile[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .filter((entry) => entry.parentPath !== directory || !LOCKS.test(entry.name))
    .flatMap((entry) => found(join(entry.parentPath, entry.name)));
}

/** Removes a file or a link, never what a link leads to. Throws what the file system throws, but not for what is gone. */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Removes the folders in a run directory, as far as no files are in them. */
export function removeEmptyFolders(directory: string): void {
  const folders = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const folder of folders.sort((a, b) => b.length - a.length)) removeIfEmpty(folder);
}

/** Whether a folder is gone, because nothing was in it. */
export function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

export function isLink(path: string): boolean {
  return statsOf(path)?.isSymbolicLink() ?? false;
}

function filesIn(folder: string, isWanted: (name: string) => boolean): RemovableFile[] {
  if (!statsOf(folder)?.isDirectory()) return [];
  return readdirSync(folder)
    .filter(isWanted)
    .flatMap((name) => found(join(folder, name)));
}

function found(path: string): RemovableFile[] {
  const stats = statsOf(path);
  return stats && !stats.isDirectory() ? [{ path, bytes: stats.isSymbolicLink() ? 0 : stats.size }] : [];
}

function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
