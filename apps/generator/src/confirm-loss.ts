import type { CommandIo, ConfigIssue, PlanFile } from '@mixlab/contracts';
import { ConfigError } from '@mixlab/contracts';
import type { Plan } from '@mixlab/plan';
import { planFolders } from '@mixlab/results';
import type { PlanFolders } from '@mixlab/results';
import type { ConfigsOptions } from './configs-options.ts';
import { orphanLines } from './diff-text.ts';
import { configOnDisk, orphanedTrials, planOnDisk, sharedAfter } from './orphaned-results.ts';
import type { OrphanedTrial } from './orphaned-results.ts';
import { printJson } from './outcome.ts';
import { OUTDATED_RUNGS, outdatesRungs } from './outdated-rungs.ts';
import { diffPlans } from './plan-difference.ts';
import type { PlanDifference } from './plan-difference.ts';
import type { Prepared } from './prepare.ts';
import { issuesJson } from './report-json.ts';

interface Loss {
  readonly experiment: string;
  readonly trials: readonly OrphanedTrial[];
}

/**
 * Whether to go on with what was prepared: where writing it leaves results without a run, only when somebody says so, by
 * `--yes`, or by an answer where there is a terminal.
 */
export async function mayWrite(
  { plans }: Prepared,
  options: ConfigsOptions,
  io: CommandIo,
): Promise<boolean> {
  const folders = planFolders(options, io);
  const shared = sharedAfter(
    plans.map(({ plan }) => plan),
    options,
    io,
    folders,
  );
  const lost = plans.flatMap(({ plan }): Loss[] => {
    const trials = orphanedTrials(readableOnDisk(plan.experiment, folders), plan, folders, shared);
    return trials.length > 0 ? [{ experiment: plan.experiment, trials }] : [];
  });
  const outdated = plans.flatMap(({ plan }) =>
    outdatesRungs(plan, folders, () => differenceOnDisk(plan, folders)) ? [plan.experiment] : [],
  );
  if (lost.length + outdated.length === 0) return true;
  const lines = lost.flatMap(({ experiment, trials }) => {
    const [first, ...others] = orphanLines(trials);
    return [`${experiment}: ${first}`, ...others];
  });
  lines.push(...outdated.map((experiment) => `${experiment}: ${OUTDATED_RUNGS}`));
  io.stderr([...lines, 'what was trained stays; "mixlab diff" tells what changes', ''].join('\n'));
  if (options.dryRun || options.yes) return true;
  if (await io.confirm?.('Write the configs?')) return true;
  io.stderr(`nothing was written${io.confirm ? '' : '; --yes writes the configs all the same'}\n`);
  printJson(() => issuesJson([...lost.map(lossIssue), ...outdated.map(rungIssue)]), options, io);
  return false;
}

function lossIssue({ experiment, trials }: Loss): ConfigIssue {
  const directories = trials.map(({ directory }) => directory).join(', ');
  const message = `what was trained in these directories of ${experiment} would belong to no run any more: ${directories}`;
  return { code: 'results-without-run', message };
}

function rungIssue(experiment: string): ConfigIssue {
  return { code: 'outdated-rungs', message: `${experiment}: ${OUTDATED_RUNGS}` };
}

function differenceOnDisk(plan: Plan<unknown>, folders: PlanFolders): PlanDifference | undefined {
  const before = readableOnDisk(plan.experiment, folders);
  return before && diffPlans(before, plan, configOnDisk(plan, folders));
}

/** A plan that cannot be read is for the writer to refuse. */
function readableOnDisk(experiment: string, folders: PlanFolders): PlanFile | undefined {
  try {
    return planOnDisk(experiment, folders);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
