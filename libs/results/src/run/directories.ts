import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanRun } from '@mixlab/contracts';
import { readHash, readTrialStatus } from './state.ts';
import type { TrialStatus } from './state.ts';

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

const HASH_PREFIX = /-(?=([0-9a-f]{8}))/g;
const TRIAL = /^trial([1-9][0-9]{0,5})$/;

/**
 * The run directories of one experiment, `work_dirs/<experiment>`, found by the full hash in `status.json` (or
 * `provenance.json`), whatever the name; by their names, `*-<first 8 digits>*`, where nothing tells the hash. A run keeps
 * its directory when its name changes.
 */
export class RunDirectories {
  readonly #folder: string;
  readonly #byPrefix = new Map<string, string[]>();
  readonly #trials = new Map<string, { readonly trial: number; readonly path: string }[]>();

  /** A missing folder holds no run. Throws what the file system throws otherwise. */
  constructor(folder: string) {
    this.#folder = folder;
    for (const name of entriesOf(folder).sort()) {
      for (const prefix of this.#prefixesOf(name)) {
        const names = this.#byPrefix.get(prefix);
        if (names) names.push(name);
        else this.#byPrefix.set(prefix, [name]);
      }
    }
  }

  /** The trials of `run` that have a directory. One that belongs to another run is left out. */
  find(run: Pick<PlanRun, 'name' | 'hash'>, now?: number): FoundTrials {
    const warnings: string[] = [];
    const candidates = new Map<number, TrialDirectory[]>();
    for (const name of this.#byPrefix.get(run.hash.slice(0, 8)) ?? []) {
      for (const { trial, path } of this.#trialsIn(name)) {
        const status = readTrialStatus(join(this.#folder, path), now);
        if (status.hash === null ? !mayBelong(name, run) : status.hash !== run.hash) {
          if (name === run.name) warnings.push(`${path} belongs to another run, left out`);
          continue;
        }
        const found = candidates.get(trial) ?? [];
        candidates.set(trial, [...found, { ...status, trial, path }]);
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

  /** The first digits of each hash that a directory may be of. */
  #prefixesOf(name: string): ReadonlySet<string> {
    const spelt = [...name.matchAll(HASH_PREFIX)].map(([, prefix]) => prefix!);
    const told = this.#trialsIn(name).flatMap(({ path }) => readHash(join(this.#folder, path)) ?? []);
    return new Set([...spelt, ...told.map((hash) => hash.slice(0, 8))]);
  }

  #trialsIn(name: string): { readonly trial: number; readonly path: string }[] {
    let known = this.#trials.get(name);
    if (!known) {
      known = entriesOf(join(this.#folder, name)).flatMap((entry) => {
        const found = TRIAL.exec(entry);
        return found ? [{ trial: Number(found[1]), path: `${name}/${entry}` }] : [];
      });
      this.#trials.set(name, known);
    }
    return known;
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
