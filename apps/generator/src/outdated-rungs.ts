import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HALVING_FOLDER } from '@mixlab/contracts';
import type { Plan } from '@mixlab/plan';
import type { PlanFolders } from '@mixlab/results';
import type { PlanDifference } from './plan-difference.ts';

/** What is told of such rungs. */
export const OUTDATED_RUNGS =
  'rungs were decided before this change: the scripts refuse to go on, and say which folder to move away';

/** Whether a rung of an experiment has been decided, and its halving would be another one after `difference`. */
export function outdatesRungs(
  { experiment, halving }: Plan<unknown>,
  { workDir }: PlanFolders,
  difference: () => PlanDifference | undefined,
): boolean {
  if (halving === undefined || !existsSync(join(workDir, experiment, HALVING_FOLDER))) return false;
  const found = difference();
  return found !== undefined && isOtherContest(found);
}

/** Whether a halving would be among other runs, with other trials, or by other rules. */
function isOtherContest({ settings, added, removed, changed }: PlanDifference): boolean {
  return (
    added.length + removed.length > 0 ||
    settings.some(({ path }) => path.startsWith('halving.')) ||
    changed.some(({ before, after, values }) => {
      return before.hash !== after.hash || values.some(({ path }) => path === 'trials');
    })
  );
}
