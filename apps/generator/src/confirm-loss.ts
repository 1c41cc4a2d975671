import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { ConfigError } from '@mixlab/contracts';
import { planFolders } from '@mixlab/results';
import type { PlanFolders } from '@mixlab/results';
import type { ConfigsOptions } from './configs-options.ts';
import { orphanLines } from './diff-text.ts';
import { orphanedTrials, planOnDisk } from './orphaned-results.ts';
import type { Prepared } from './prepare.ts';

/**
 * Whether to go on with what was prepared: where writing it leaves results without a run, only when somebody says so, by
 * `--yes`, or by an answer where there is a terminal.
 */
export async function mayWrite(
  { plans }: Prepared,
  options: ConfigsOptions,
  io: CommandIo,
): Promise<boolean> {
  if (options.yes) return true;
  const folders = planFolders(options, io);
  const lines = plans.flatMap(({ plan }) => {
    const found = orphanLines(orphanedTrials(readableOnDisk(plan.experiment, folders), plan, folders));
    return found.length > 0 ? [`${plan.experiment}: ${found[0]}`, ...found.slice(1)] : [];
  });
  if (lines.length === 0) return true;
  io.stderr([...lines, 'their run directories stay; "mixlab diff" tells what changes', ''].join('\n'));
  if (options.dryRun) return true;
  if (io.confirm) return io.confirm('Write the configs?');
  io.stderr('nothing was written; --yes writes the configs all the same\n');
  return false;
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
