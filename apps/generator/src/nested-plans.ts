import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
import type { Plan } from '@mixlab/plan';
import { findPlans } from '@mixlab/results';
import type { PlanFolders } from '@mixlab/results';

/**
 * Refuses experiments that would lie inside the folder of one that is not authored any more, or around it: of two such
 * plans, commands find the outer one only.
 *
 * @throws ConfigError with all of them
 */
export function refuseNested(plans: readonly Plan<unknown>[], { out, shownOut }: PlanFolders): void {
  const issues = plans.flatMap(({ experiment, at }): ConfigIssue[] => {
    const outer = foldersAround(experiment).filter((folder) => existsSync(join(out, folder, 'plan.json')));
    const inner = findPlans(join(out, experiment)).map((below) => `${experiment}/${below}`);
    return [
      ...outer.map((other) => nested(`lies inside the folder of the experiment ${other}`, other)),
      ...inner.map((other) => nested(`is that of a folder in which the experiment ${other} lies`, other)),
    ].map(({ message, other }) => ({
      code: 'nested-name',
      message,
      path: 'name',
      expected: `another name, or ${shownOut}/${other} moved away: what it trained stays, and is linked to`,
      got: JSON.stringify(experiment),
      ...at,
    }));
  });
  if (issues.length > 0) throw new ConfigError(issues);
}

function nested(which: string, other: string): { readonly message: string; readonly other: string } {
  return { message: `this name ${which}, of which a plan lies on disk`, other };
}

/** `a` and `a/b` of `a/b/c`. */
function foldersAround(experiment: string): string[] {
  const parts = experiment.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
