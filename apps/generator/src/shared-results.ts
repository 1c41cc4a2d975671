import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { Plan } from '@mixlab/plan';
import type { PlanFolders } from '@mixlab/results';
import type { RunName } from './plan-difference.ts';

/** A trial of a new run that another experiment has begun to train: the scripts link to it. */
export interface SharedTrial {
  readonly run: string;
  readonly trial: number;
  /** Below the run directories of all experiments. */
  readonly directory: string;
}

/** What a launch script wrote down of a trial that it began: its seed, and where it trains. */
const CLAIM = /^(\d+) (\S.*)\n$/;

/** The trials of new runs that are there already, in another experiment. */
export function sharedTrials(
  added: readonly RunName[],
  plan: Plan<unknown>,
  engine: string,
  { workDir }: PlanFolders,
): SharedTrial[] {
  const claims = join(workDir, '.shared', engine);
  if (added.length === 0 || !existsSync(claims)) return [];
  const hashes = new Set(added.map(({ hash }) => hash));
  return [...plan.runs()].flatMap((run) => {
    if (!hashes.has(run.hash)) return [];
    const { seed = 0 } = run.config as { readonly seed?: number };
    return Array.from({ length: run.trials }, (_, index) => index + 1).flatMap((trial) => {
      const claim = join(claims, `${run.hash}.trial${trial}`);
      const [, claimed, directory] = (existsSync(claim) && CLAIM.exec(readFileSync(claim, 'utf8'))) || [];
      const isThere =
        directory !== undefined &&
        Number(claimed) === seed &&
        posix.dirname(posix.dirname(directory)) !== plan.experiment &&
        existsSync(join(workDir, directory, 'status.json'));
      return isThere ? [{ run: run.name, trial, directory }] : [];
    });
  });
}
