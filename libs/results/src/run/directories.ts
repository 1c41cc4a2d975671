import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanRun } from '@mixlab/contracts';
import { isUnchanged, stampOf } from './stamp.ts';
import type { Stamp } from './stamp.ts';
import { readTrialFiles, stateOf } from './state.ts';
import type { TrialFiles, TrialStatus } from './state.ts';

/** The directory of one trial, and what it says. */
export interface TrialDirectory extends TrialStatus {
  readonly trial: number;
  /** Below the experiment's folder, with forward slashes: `<run>/trial1`. */
  readonly path: string;
}

export interface FoundTrials {
  readonly trials: ReadonlyMap<number, TrialDirectory>;
  readonly warnings: readonly string[];
}

interface Trial {
  readonly trial: number;
  readonly path: string;
  readonly files: TrialFiles;
}

/** The directory of one run: its trials, and the prefixes of the hashes that it may be of. */
interface RunFolder {
  readonly name: string;
  readonly trials: readonly Trial[];
  readonly prefixes: ReadonlySet<string>;
  readonly stamp: Stamp | undefined;
}

const HASH_PREFIX = /-(?=([0-9a-f]{8}))/g;
const HASH = /^[0-9a-f]{64}$/;
const TRIAL = /^trial([1-9][0-9]{0,5})$/;

/**
 * The run directories of one experiment, `work_dirs/<experiment>`, found by the full hash in `status.json` (or
 * `provenance.json`), whatever the name; by their names, `*-<first 8 digits>*`, where nothing tells the hash. A run keeps
 * its directory when its name changes.
 */
export class RunDirectories {
  readonly #folder: string;
  readonly #expected: ReadonlyMap<string, number>;
  #folders = new Map<string, RunFolder>();
  readonly #byPrefix = new Map<string, RunFolder[]>();

  /**
   * A missing folder holds no run. Throws what the file system throws otherwise. In the directories of the `expected`
   * runs no other trials than theirs are looked for, which saves a third of the time. `only` is as in `lookAgain`.
   */
  constructor(
    folder: string,
    expected: readonly Pick<PlanRun, 'name' | 'trials'>[] = [],
    only?: ReadonlySet<string>,
  ) {
    this.#folder = folder;
    this.#expected = new Map(expected.map(({ name, trials }) => [name, trials]));
    this.lookAgain(only);
  }

  /**
   * Brings up to date what `find` tells; reads only what has changed, and looks at the directories `only`, by name, where
   * these are given. Returns the first 8 digits of the hashes that it looked for. Throws as the constructor does.
   */
  lookAgain(only?: ReadonlySet<string>): ReadonlySet<string> {
    const before = this.#folders;
    const looked = new Set<string>();
    this.#folders = new Map();
    this.#byPrefix.clear();
    for (const name of this.#names(before, only)) {
      const known = before.get(name);
      const isLeft = known !== undefined && only !== undefined && !only.has(name);
      const found = isLeft ? known : this.#read(name, known);
      if (!isLeft) [...(known?.prefixes ?? []), ...found.prefixes].forEach((prefix) => looked.add(prefix));
      this.#folders.set(name, found);
      for (const prefix of found.prefixes) {
        const same = this.#byPrefix.get(prefix);
        if (same) same.push(found);
        else this.#byPrefix.set(prefix, [found]);
      }
    }
    return looked;
  }

  #names(before: ReadonlyMap<string, RunFolder>, only: ReadonlySet<string> | undefined): string[] {
    if (only === undefined) return entriesOf(this.#folder).sort();
    return [...new Set([...before.keys(), ...only])].sort();
  }

  /** The trials of `run` that have a directory. One that belongs to another run is left out. */
  find(run: Pick<PlanRun, 'name' | 'hash'>, now: number = Date.now()): FoundTrials {
    const warnings: string[] = [];
    const candidates = new Map<number, TrialDirectory[]>();
    for (const { name, trials } of this.#byPrefix.get(run.hash.slice(0, 8)) ?? []) {
      for (const { trial, path, files } of trials) {
        const { status, hash, writtenAt, cancelAsked } = files;
        if (hash === null ? !mayBelong(name, run) : hash !== run.hash) {
          if (name === run.name) warnings.push(`${path} belongs to another run, left out`);
          continue;
        }
        const state = stateOf(files, now);
        const found = { state, status, hash, writtenAt, cancelAsked, warnings: files.warnings, trial, path };
        const same = candidates.get(trial);
        if (same) same.push(found);
        else candidates.set(trial, [found]);
      }
    }
    const trials = new Map<number, TrialDirectory>();
    for (const [trial, found] of candidates) {
      const [first, ...others] = found.sort((a, b) => rank(b, run) - rank(a, run));
      trials.set(trial, first!);
      if (others.length > 0)
        warnings.push(
          `${first!.path} is used, ${others.map(({ path }) => path).join(', ')} left out: the same trial`,
        );
    }
    return { trials, warnings };
  }

  /** The directories of trials that say whose they are, and are of none of the `runs`. */
  strangers(runs: readonly Pick<PlanRun, 'hash'>[], now: number = Date.now()): TrialDirectory[] {
    const planned = new Set(runs.map(({ hash }) => hash));
    return [...this.#folders.values()].flatMap(({ trials }) =>
      trials
        .filter(({ files: { hash } }) => hash !== null && HASH.test(hash) && !planned.has(hash))
        .map(({ trial, path, files }) => {
          const { status, hash, writtenAt, cancelAsked, warnings } = files;
          return { state: stateOf(files, now), status, hash, writtenAt, cancelAsked, warnings, trial, path };
        }),
    );
  }

  #read(name: string, before: RunFolder | undefined): RunFolder {
    const stamp = before && stampOf(join(this.#folder, name));
    const known = new Map(before?.trials.map((trial) => [trial.trial, trial.files]));
    const numbers =
      before && isUnchanged(before.stamp, stamp)
        ? before.trials.map(({ trial }) => trial)
        : this.#trialsIn(name);
    const trials = numbers.flatMap((trial): Trial[] => {
      const path = `${name}/trial${trial}`;
      const directory = `${this.#folder}/${path}`;
      const files = readTrialFiles(directory, known.get(trial));
      return files.status || existsSync(directory) ? [{ trial, path, files }] : [];
    });
    const told = trials.flatMap(({ files }) => files.hash?.slice(0, 8) ?? []);
    const spelt = Array.from(name.matchAll(HASH_PREFIX), ([, prefix]) => prefix!);
    return { name, trials, prefixes: new Set([...spelt, ...told]), stamp };
  }

  #trialsIn(name: string): number[] {
    const expected = this.#expected.get(name);
    if (expected !== undefined) return Array.from({ length: expected }, (_, index) => index + 1);
    return entriesOf(join(this.#folder, name)).flatMap((entry) => {
      const found = TRIAL.exec(entry);
      return found ? [Number(found[1])] : [];
    });
  }
}
/** A directory that does not say whose it is belongs to the run that its name spells. */
function mayBelong(name: string, run: Pick<PlanRun, 'name' | 'hash'>): boolean {
  const digits = /-([0-9a-f]{8,64})$/.exec(name)?.[1];
  return name === run.name || (digits !== undefined && run.hash.startsWith(digits));
}

/** Of two directories of one trial: known by its hash, then completed, then further, then rightly named. */
function rank({ hash, state, status, path }: TrialDirectory, run: Pick<PlanRun, 'name'>): number {
  const known = hash === null ? 0 : 4e9;
  const done = state === 'completed' ? 2e9 : 0;
  return known + done + Math.min(status?.epoch ?? 0, 5e8) * 2 + (path.startsWith(`${run.name}/`) ? 1 : 0);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
