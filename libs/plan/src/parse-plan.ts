import { ConfigError, newerPlan, planSchema, upgradePlanFile } from '@mixlab/contracts';
import type { ConfigIssue, JsonValue, PlanFile } from '@mixlab/contracts';
import { nameIssue } from './names.ts';
import { show } from './show.ts';

const MEND = '`npx mixlab configs --force` writes it anew';

/**
 * Reads the text of a `plan.json`.
 *
 * @param file what messages call it
 * @throws ConfigError where it is no plan, with all that is wrong
 */
export function parsePlan(text: string, file = 'plan.json'): PlanFile {
  const parsed = planSchema.safeParse(upgradePlanFile(parseJson(text, file)));
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues
        .slice(0, 20)
        .map((issue) => corrupt(file, issue.message, issue.path.map(String).join('.'))),
    );
  }
  const issues = [
    ...repeated(parsed.data, 'name', file),
    ...repeated(parsed.data, 'hash', file),
    ...strayPaths(parsed.data, file),
  ];
  if (issues.length > 0) throw new ConfigError(issues);
  return parsed.data;
}

function parseJson(text: string, file: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw new ConfigError([corrupt(file, `it is not JSON: ${(error as Error).message}`)]);
  }
  const newer = newerPlan(value);
  if (newer !== undefined)
    throw new ConfigError([{ code: 'newer-plan', message: `${file} ${newer}; ${MEND}` }]);
  return value;
}

function repeated(plan: PlanFile, key: 'name' | 'hash', file: string): ConfigIssue[] {
  const known = new Set<string>();
  return plan.runs.flatMap((run, at) => {
    if (known.has(run[key]))
      return [corrupt(file, `two runs have the ${key} ${show(run[key])}`, `runs.${at}.${key}`)];
    known.add(run[key]);
    return [];
  });
}

/** Names and paths that lead out of the plan's own folder. */
function strayPaths(plan: PlanFile, file: string): ConfigIssue[] {
  const name = nameIssue(plan.experiment)
    ? [corrupt(file, `no experiment has the name ${show(plan.experiment)}`, 'experiment')]
    : [];
  const paths = plan.runs.flatMap(({ config }, at) => {
    const inside =
      config.split('/').every((part) => part !== '' && part !== '.' && part !== '..') &&
      !config.includes('\\');
    return inside ? [] : [corrupt(file, `no config is at ${show(config)}`, `runs.${at}.config`)];
  });
  return [...name, ...paths];
}

function corrupt(file: string, why: string, path?: string): ConfigIssue {
  return {
    code: 'corrupt-plan',
    message: `${file} is damaged: ${why}; ${MEND}`,
    ...(path ? { path } : {}),
  };
}
