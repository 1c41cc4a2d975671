import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';

type Listener = (name: string | null) => void;

interface Watched {
  readonly watcher: FSWatcher;
  readonly listeners: Set<Listener>;
}

/**
 * Tells what changes right in some folders. One watch a folder, none for files: ten thousand run directories need a third
 * of the watches that a system allows by default. (chokidar takes one for each file, too.)
 */
export class FolderWatcher {
  readonly #watched = new Map<string, Watched>();
  #isClosed = false;
  /** Why some folder cannot be watched: there are too many, or the file system cannot do it. */
  problem: string | undefined;

  /** `listener` gets the name of what was changed, or null. Returns false where there is no such folder, or no watch left. */
  add(folder: string, listener: Listener): boolean {
    if (this.#isClosed) return false;
    const known = this.#watched.get(folder);
    if (known) {
      known.listeners.add(listener);
      return true;
    }
    try {
      const listeners = new Set([listener]);
      const watcher = watch(folder, (_, name) => listeners.forEach((each) => each(name)));
      watcher.on('error', () => this.remove(folder));
      this.#watched.set(folder, { watcher, listeners });
      return true;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        this.problem = `${folder} cannot be watched (${code ?? message})`;
      return false;
    }
  }

  /** A folder that was replaced has another watch. */
  remove(folder: string): void {
    this.#watched.get(folder)?.watcher.close();
    this.#watched.delete(folder);
  }

  close(): void {
    this.#isClosed = true;
    for (const folder of [...this.#watched.keys()]) this.remove(folder);
  }
}
