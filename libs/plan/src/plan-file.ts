import { ConfigError, PLAN_SCHEMA_VERSION, planSchema } from '@mixlab/contracts';
import type { ConfigIssue, PlanFile, PlanRun } from '@mixlab/contracts';
import { nameIssue } from './names.ts';
import { show } from './nearest.ts';
import type { Plan, PlannedRun } from './plan.ts';

/** Runs of one piece of text: large enough to be written in one go, small enough to hold. */
const RUNS_A_PIECE = 64;

/** The text of `plan.json` in pieces, a run a line. The same plan gives the same bytes. */
export function* planFilePieces(plan: Plan<unknown>): Generator<string, void, undefined> {
  const head = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    experiment: plan.experiment,
    engine: plan.engine,
    source: { file: plan.source.file, sha256: plan.source.sha256 },
    launch: plan.launch,
  } satisfies Omit<PlanFile, 'runs'>;
  let piece = `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "runs": [`;
  for (const run of plan.runs()) {
    piece += `${run.index === 0 ? '' : ','}\n    ${runText(run)}`;
    if ((run.index + 1) % RUNS_A_PIECE === 0) {
      yield piece;
      piece = '';
    }
  }
  yield `${piece}\n  ]\n}\n`;
}

/** `JSON.stringify(planRun(run))`, faster: most runs share their method and report with others. */
function runText(run: PlannedRun<unknown>): string {
  const { name, hash, axes, method, configPath, trials, report, selected } = run;
  return (
    `{"name":"${name}","hash":"${hash}","axes":${JSON.stringify(axes)},"method":${sharedText(method)},` +
    `"config":"${configPath}","trials":${trials},"report":${sharedText(report)},"selected":${selected}}`
  );
}

const texts = new WeakMap<object, string>();

function sharedText(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = JSON.stringify(value)));
  return text;
}

/** A run as `plan.json` holds it. */
export function planRun(run: PlannedRun<unknown>): PlanRun {
  const { name, hash, axes, method, configPath, trials, report, selected } = run;
  return {
    name,
    hash,
    axes: axes as PlanRun['axes'],
    method: method as PlanRun['method'],
    config: configPath,
    trials,
    report,
    selected,
  };
}

/**
 * Reads the text of a `plan.json`.
 *
 * @param file what messages call it
 * @throws ConfigError where it is no plan, with all that is wrong
 */
export function parsePlan(text: string, file = 'plan.json'): PlanFile {
  const parsed = planSchema.safeParse(parseJson(text, file));
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

function parseJson(text: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError([corrupt(file, `it is not JSON: ${(error as Error).message}`)]);
  }
  const version =
    typeof value === 'object' && value !== null && 'schemaVersion' in value ? value.schemaVersion : undefined;
  if (typeof version === 'number' && version > PLAN_SCHEMA_VERSION) {
    const message = `${file} was written by a newer version of Mixlab (schema version ${version}, here ${PLAN_SCHEMA_VERSION})`;
    throw new ConfigError([{ code: 'newer-plan', message }]);
  }
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
    message: `${file} is damaged: ${why}; generate the experiment again`,
    ...(path ? { path } : {}),
  };
}
