import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { RunDirectories } from './directories.ts';

/** Which experiments use what another one trained: a trial that several have is trained once, and linked to. */
export class SharedRuns {
  readonly #workDir: string;
  readonly #byHash = new Map<string, { readonly experiment: string; readonly run: PlanRun }[]>();
  readonly #directories = new Map<string, RunDirectories>();

  constructor(plans: readonly Pick<PlanFile, 'experiment' | 'runs'>[], workDir: string) {
    this.#workDir = workDir;
    for (const { experiment, runs } of plans) {
      for (const run of runs) {
        const same = this.#byHash.get(run.hash);
        if (same) same.push({ experiment, run });
        else this.#byHash.set(run.hash, [{ experiment, run }]);
      }
    }
  }

  /** The experiment whose trial is, or would be, what lies in `directory`; one that has trained its own is none. */
  userOf(directory: string, hash: string | null, trial: number): string | undefined {
    if (hash === null) return undefined;
    return this.#byHash.get(hash)?.find(({ experiment, run }) => {
      if (trial > run.trials) return false;
      const found = this.#directoriesOf(experiment).find(run).trials.get(trial);
      return (
        found === undefined ||
        realpathSync(join(this.#workDir, experiment, found.path)) === realpathSync(directory)
      );
    })?.experiment;
  }

  #directoriesOf(experiment: string): RunDirectories {
    const known = this.#directories.get(experiment) ?? new RunDirectories(join(this.#workDir, experiment));
    this.#directories.set(experiment, known);
    return known;
  }
}
