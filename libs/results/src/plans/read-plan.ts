import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newerPlan, upgradePlanFile } from '@mixlab/contracts';
import type { JsonValue, PlanFile } from '@mixlab/contracts';
import { checkPlan } from './check-plan.ts';
import { newerRunConfig, upgradePlan } from './upgrade-plan.ts';

const PROBLEMS_SHOWN = 5;
const LATER = 'Use the Mixlab that wrote it, or a later one';

/** The plan, also of an older version, with the names of today; or a line that says why it cannot be read and what to do. */
export function readPlan(
  out: string,
  experiment: string,
  shownOut: string,
): { readonly plan: PlanFile } | { readonly problem: string } {
  // A plan that is not as it was written counts as changed by hand, which `configs` only overwrites when told to.
  const anew = `\`npx mixlab configs --experiment=${experiment} --force\` writes it again; run directories are not touched`;
  const fail = (why: string, mend = anew) => ({
    problem: `${join(shownOut, experiment, 'plan.json')} ${why}. ${mend}`,
  });
  let text: string;
  try {
    text = readFileSync(join(out, experiment, 'plan.json'), 'utf8');
  } catch (error) {
    return fail(`cannot be read (${(error as NodeJS.ErrnoException).code ?? (error as Error).message})`);
  }
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    return fail(`is not JSON (${(error as Error).message})`);
  }
  const newer = newerPlan(value);
  if (newer !== undefined) return fail(newer, LATER);
  const parsed = checkPlan(upgradePlanFile(value));
  if (parsed.success) {
    const unknown = newerRunConfig(parsed.data);
    return unknown === undefined ? { plan: upgradePlan(parsed.data) } : fail(unknown, LATER);
  }
  const { issues } = parsed.error;
  const shown = issues
    .slice(0, PROBLEMS_SHOWN)
    .map(({ path, message }) => [...(path.length > 0 ? [path.join('.')] : []), message].join(': '));
  const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
  return fail(`is not a plan (${shown.join('; ')}${more})`);
}
