import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { FolderWatcher } from './folder-watcher.ts';

const FOLDERS_AT_A_TIME = 200;
const TRIAL = /^trial[1-9]\d*$/;

/** Tells which run directories of one experiment change: those that are there, and those that come. */
export class RunWatcher {
  readonly #folder: string;
  readonly #watcher: FolderWatcher;
  readonly #changed: (run: string) => void;
  #started = false;

  /** @param changed gets the name of a run directory in `folder`, `work_dirs/<experiment>` */
  constructor(folder: string, watcher: FolderWatcher, changed: (run: string) => void) {
    this.#folder = folder;
    this.#watcher = watcher;
    this.#changed = changed;
  }

  /** In slices: a page is waiting. */
  async start(): Promise<void> {
    this.#started = this.#watcher.add(this.#folder, this.#inExperiment);
    if (!this.#started) {
      this.#watcher.add(this.#nearestFolder(), this.#inFolderAbove);
      return;
    }
    const names = foldersIn(this.#folder);
    for (let from = 0; from < names.length; from += FOLDERS_AT_A_TIME) {
      for (const name of names.slice(from, from + FOLDERS_AT_A_TIME)) this.#watchRun(name);
      await breathe();
    }
  }

  readonly #inExperiment = (name: string | null): void => {
    if (name === null || name.startsWith('.')) return;
    this.#watchRun(name);
    this.#changed(name);
  };

  readonly #inFolderAbove = (): void => {
    if (this.#started) return;
    // What came between was seen by nobody.
    void this.start().then(() => foldersIn(this.#folder).forEach(this.#changed));
  };

  #nearestFolder(): string {
    let above = dirname(this.#folder);
    while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
    return above;
  }

  #watchRun(name: string): void {
    const run = join(this.#folder, name);
    const watchTrial = (trial: string) => {
      if (!TRIAL.test(trial)) return;
      const path = join(run, trial);
      this.#watcher.remove(path);
      this.#watcher.add(path, () => this.#changed(name));
    };
    this.#watcher.remove(run);
    const isThere = this.#watcher.add(run, (trial) => {
      if (trial !== null) watchTrial(trial);
      this.#changed(name);
    });
    if (isThere) foldersIn(run).forEach(watchTrial);
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.'))
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
