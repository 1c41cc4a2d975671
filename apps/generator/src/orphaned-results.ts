import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { CommandIo, PlanFile, PlanRun } from '@mixlab/contracts';
import { planRun } from '@mixlab/plan';
import type { Plan } from '@mixlab/plan';
import { readJson, readPlan, readPlans, readRunConfig, RunDirectories, SharedRuns } from '@mixlab/results';
import type { PlanFolders, TrialDirectory, TrialState } from '@mixlab/results';
import type { ReadConfig } from './plan-difference.ts';

/** A trial that was trained, at least for an epoch, and that no run of the new plan would have. */
export interface OrphanedTrial {
  readonly run: string;
  readonly trial: number;
  readonly state: TrialState;
  /** Epochs finished. */
  readonly epoch: number;
  /** Below the experiment's run directories. */
  readonly directory: string;
}

/**
 * The plan of an experiment that lies on disk; undefined where there is none.
 *
 * @throws ConfigError where it cannot be read
 */
export function planOnDisk(experiment: string, { out, shownOut }: PlanFolders): PlanFile | undefined {
  if (!existsSync(join(out, experiment, 'plan.json'))) return undefined;
  const read = readPlan(out, experiment, shownOut);
  if ('problem' in read) throw new ConfigError([{ code: 'corrupt-plan', message: read.problem }]);
  return read.plan;
}

/** Reads configs that lie on disk, those of an older version with the names of today. */
export function configOnDisk({ experiment, runConfig }: Plan<unknown>, { out }: PlanFolders): ReadConfig {
  const read = runConfig.schema === 'mixlab' ? readRunConfig : readJson;
  return ({ config }) => {
    const file = read(join(out, experiment, config));
    return file.kind === 'value' ? file.value : undefined;
  };
}

/** What other experiments have, once plans have taken the place of those on disk; worked out when it is first asked for. */
export function sharedAfter(
  plans: readonly Plan<unknown>[],
  given: { readonly out?: string | undefined },
  io: CommandIo,
  { workDir }: PlanFolders,
): () => SharedRuns {
  let shared: SharedRuns | undefined;
  return () => {
    if (shared) return shared;
    const written = new Set(plans.map(({ experiment }) => experiment));
    const left = readPlans({ out: given.out }, io).plans.filter(({ experiment }) => !written.has(experiment));
    const next = plans.map((plan) => ({ experiment: plan.experiment, runs: [...plan.runs()].map(planRun) }));
    return (shared = new SharedRuns([...next, ...left], workDir));
  };
}

/**
 * The results that would be of no run any more if `after` took the place of the plan on disk, nor of another experiment;
 * where there is no such plan, those that lie there.
 */
export function orphanedTrials(
  before: PlanFile | undefined,
  after: Plan<unknown>,
  { workDir }: PlanFolders,
  shared: () => SharedRuns,
): OrphanedTrial[] {
  const folder = join(workDir, after.experiment);
  if (!existsSync(folder)) return [];
  const orphaned = (found: TrialDirectory, run: Pick<PlanRun, 'name' | 'hash'>): OrphanedTrial[] => {
    const { trial, state, status, path } = found;
    const epoch = status?.epoch ?? 0;
    const isTrained = state === 'completed' || (status ? epoch > 0 : hasCheckpoint(join(folder, path)));
    if (!isTrained || shared().userOf(join(folder, path), run.hash, trial)) return [];
    return [{ run: run.name, trial, state, epoch, directory: path }];
  };
  if (!before) {
    // No plan tells what there was: what lies there does.
    const strangers = new RunDirectories(folder).strangers([...after.runs()]);
    return strangers.flatMap((found) =>
      orphaned(found, { name: posix.dirname(found.path), hash: found.hash ?? '' }),
    );
  }
  const trials = new Map<string, number>();
  for (const run of after.runs()) trials.set(run.hash, run.trials);
  const fewer = before.runs.filter((run) => (trials.get(run.hash) ?? 0) < run.trials);
  if (fewer.length === 0) return [];
  const directories = new RunDirectories(folder, before.runs);
  return fewer.flatMap((run) =>
    [...directories.find(run).trials.values()].flatMap((found) => {
      const isKept = found.trial <= (trials.get(run.hash) ?? 0) || found.trial > run.trials;
      return isKept ? [] : orphaned(found, run);
    }),
  );
}

/** Whether a trial whose `status.json` is damaged or lost was trained for an epoch all the same. */
function hasCheckpoint(trial: string): boolean {
  const folder = join(trial, 'checkpoints');
  return existsSync(folder) && readdirSync(folder).length > 0;
}
