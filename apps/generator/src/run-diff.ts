import { ConfigError } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { planFolders } from '@mixlab/results';
import { configsOptions } from './configs-options.ts';
import type { DiffOptions } from './diff-command.ts';
import { differenceLines } from './diff-text.ts';
import { refuseNested } from './nested-plans.ts';
import { configOnDisk, orphanedTrials, planOnDisk, sharedAfter } from './orphaned-results.ts';
import type { OrphanedTrial } from './orphaned-results.ts';
import { outdatesRungs } from './outdated-rungs.ts';
import { orIssues, printJson, refuse } from './outcome.ts';
import { diffPlans } from './plan-difference.ts';
import type { PlanDifference } from './plan-difference.ts';
import { prepare } from './prepare.ts';
import { print } from './report-json.ts';
import { sharedTrials } from './shared-results.ts';
import type { SharedTrial } from './shared-results.ts';

/** What the next generation would make of one experiment. */
export interface ExperimentDifference extends PlanDifference {
  readonly experiment: string;
  /** Whether nothing of it lies on disk yet. */
  readonly isNew: boolean;
  readonly orphaned: readonly OrphanedTrial[];
  /** Trials of added runs that another experiment has begun to train. */
  readonly shared: readonly SharedTrial[];
  /** Whether a rung was decided among other runs, or by other rules: the scripts refuse to go on then. */
  readonly outdatesRungs: boolean;
}

/**
 * Prints what the next generation would change.
 *
 * @returns 0 where that is nothing, 1 where it is something, 2 where something authored or on disk cannot be read
 */
export async function runDiff(options: DiffOptions, io: CommandIo): Promise<number> {
  const found = await orIssues(() => differences(options, io));
  if (found instanceof ConfigError) return refuse(found, 2, '', options, io);
  printJson(() => print({ experiments: found }), options, io);
  if (options.json !== true)
    io.stdout(
      differenceLines(found)
        .map((line) => `${line}\n`)
        .join(''),
    );
  return found.some(isChange) ? 1 : 0;
}

async function differences(options: DiffOptions, io: CommandIo): Promise<ExperimentDifference[]> {
  const { experiment, set, out, engine, strictOpenmixup } = options;
  const asked = configsOptions.parse({ experiment, set, out, engine, strictOpenmixup });
  const { plans } = await prepare(io.home, asked);
  const folders = planFolders(options, io);
  const ofAll = plans.map(({ plan }) => plan);
  refuseNested(ofAll, folders);
  const shared = sharedAfter(ofAll, options, io, folders);
  return plans.map(({ plan, engine, translate }) => {
    const before = planOnDisk(plan.experiment, folders);
    // A config in another engine's terms says nothing of the fields of a run config.
    const readConfig = translate ? () => undefined : configOnDisk(plan, folders);
    const difference = diffPlans(before, plan, readConfig);
    return {
      experiment: plan.experiment,
      isNew: before === undefined,
      ...difference,
      orphaned: orphanedTrials(before, plan, folders, shared),
      shared: sharedTrials(difference.added, plan, engine.name, folders),
      outdatesRungs: outdatesRungs(plan, folders, () => difference),
    };
  });
}

function isChange({ settings, added, removed, renamed, changed }: ExperimentDifference): boolean {
  return [settings, added, removed, renamed, changed].some((changes) => changes.length > 0);
}
