import {
  halvingSettingsSchema,
  launchSchema,
  listNames,
  nearestName,
  reportSchema,
  typeName,
} from '@mixlab/contracts';
import type { ConfigIssue, JsonValue, Launch, Report, SourceLocation, SweepSchema } from '@mixlab/contracts';
import type { CommandLineSetting, ExperimentData, Node } from '@mixlab/dsl';
import { z } from 'zod';
import type { AuthoredHalving } from './halving.ts';
import { issueOf } from './check-node.ts';
import type { IssueLog } from './issue-log.ts';
import { own } from './json-schema.ts';
import { entryOf, holdsVary, placed, toJson, walk } from './node-value.ts';
import { nameIssue } from './names.ts';
import { formatOrigin } from './origin.ts';
import { show } from './show.ts';
import { valueAt } from './paths.ts';

type ZodIssue = z.core.$ZodIssue;

/** How the curve of a trial becomes a number, and where that stands; the default stands nowhere. */
export interface AuthoredReport {
  readonly rule: Report;
  readonly at: SourceLocation | undefined;
}

/** What an experiment says of itself, rather than of its run configs. */
export interface Head {
  readonly name: string;
  readonly at: SourceLocation | undefined;
  readonly trials: number;
  readonly launch: Launch;
  readonly report: AuthoredReport;
  readonly halving: AuthoredHalving | undefined;
}

/** Fields of an experiment that are not fields of its run configs. */
export const headFields: readonly string[] = ['name', 'recipe', 'trials', 'report', 'launch', 'halving'];

/** What counts where an experiment does not say. */
export const headDefaults = {
  trials: 1,
  launch: { gpusPerRun: 1 },
  report: { reducer: 'medianOfLast', epochs: 5, metric: 'top1' },
} satisfies Partial<Omit<Head, 'report'>> & { readonly report: Report };

/** Each trial is a line of a script; more of them than this are a slip of the hand. */
const MAX_TRIALS = 10_000;

/** Paths that the command line may set although no run config holds them. */
export const headSettings: readonly string[] = ['trials', 'launch.gpusPerRun'];

export function readHead(experiment: ExperimentData, fields: ReadonlyMap<string, Node>, log: IssueLog): Head {
  const { at } = experiment.authored;
  const setting = (path: string): CommandLineSetting | undefined =>
    experiment.settings.find((candidate) => candidate.path === path);
  const issue = nameIssue(experiment.name);
  const given = fields.get('name');
  if (given?.kind === 'vary') refuseVary('name', given, log);
  else if (issue) log.add({ ...issue, ...placed(given?.at, at) });

  const repeated = setting('trials');
  const trials = repeated?.value ?? jsonOf('trials', fields.get('trials'), log) ?? headDefaults.trials;
  if (!Number.isSafeInteger(trials) || Number(trials) < 1 || Number(trials) > MAX_TRIALS) {
    log.add({
      code: 'invalid-value',
      message: `a run is repeated a whole number of times${origin(repeated)}`,
      path: 'trials',
      expected: `a whole number, at least 1 and at most ${MAX_TRIALS}`,
      got: show(trials),
      ...(repeated ? {} : placed(fields.get('trials')?.at, at)),
    });
  }
  const launch = readLaunch(fields.get('launch'), setting('launch.gpusPerRun'), log);
  const report = readReport(fields.get('report'), experiment.schema, log);
  return {
    name: experiment.name,
    at,
    trials: Number(trials),
    launch: launch ?? headDefaults.launch,
    report: report ?? { rule: headDefaults.report, at: undefined },
    halving: readHalving(fields.get('halving'), log),
  };
}

function readLaunch(
  node: Node | undefined,
  setting: CommandLineSetting | undefined,
  log: IssueLog,
): Launch | undefined {
  const written = jsonOf('launch', node, log) ?? headDefaults.launch;
  const value = setting ? { ...(written as object), gpusPerRun: setting.value } : written;
  return check<Launch>(launchSchema, 'launch', value, node, log, setting);
}

function readHalving(node: Node | undefined, log: IssueLog): AuthoredHalving | undefined {
  const value = jsonOf('halving', node, log);
  const settings =
    value === undefined ? undefined : check(halvingSettingsSchema, 'halving', value, node, log);
  return settings && { settings, at: node?.at };
}

/** The report rule in a node; undefined, and reported, where it is none. */
export function readReport(
  node: Node | undefined,
  { metrics }: Pick<SweepSchema<unknown>, 'metrics'>,
  log: IssueLog,
): AuthoredReport | undefined {
  const value = jsonOf('report', node, log);
  const rule = value === undefined ? undefined : check(reportSchema, 'report', value, node, log);
  if (!rule) return undefined;
  if (!metrics || metrics.includes(rule.metric) || rule.metric.startsWith('test.'))
    return { rule, at: node?.at };
  const nearest = nearestName(rule.metric, metrics);
  log.add({
    code: 'unknown-metric',
    message: 'no evaluation has this metric',
    path: 'report.metric',
    ...(nearest ? { nearest } : { expected: `${listNames(metrics)}, or test.<field>` }),
    got: show(rule.metric),
    ...placed(node?.at),
  });
  return undefined;
}

function jsonOf(path: string, node: Node | undefined, log: IssueLog): unknown {
  if (!node) return undefined;
  if (holdsVary(node)) return refuseVary(path, node, log);
  for (const [inner, part] of walk(node, path)) {
    if (part.kind !== 'invalid') continue;
    const issue = { ...issueOf(part), path: inner };
    return void log.add({ ...issue, ...placed(part.at) }, path);
  }
  return toJson(node);
}

function refuseVary(path: string, node: Node, log: IssueLog): undefined {
  const instead =
    path === 'report' ? 'give some runs another one by .when(…, { report })' : `write one value`;
  log.add(
    { code: 'does-not-vary', message: `\`${path}\` does not vary: ${instead}`, path, ...placed(node.at) },
    path,
  );
}

function check<T>(
  schema: z.ZodType<T>,
  path: string,
  value: unknown,
  node: Node | undefined,
  log: IssueLog,
  setting?: CommandLineSetting,
): T | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    for (const keys of keysOf(issue)) {
      const at = keys.reduce<Node | undefined>(entryOf, node)?.at ?? node?.at;
      const inner = [path, ...keys].join('.');
      const set = setting?.path === inner ? setting : undefined;
      const said = describe(
        issue,
        keys.at(-1),
        fieldsAt(schema, issue.path),
        valueAt(value as JsonValue, keys),
      );
      const message = `${said.message}${origin(set)}`;
      log.add({ ...said, message, path: inner, ...(set ? {} : placed(at)) });
    }
  }
  return undefined;
}

function origin(setting: CommandLineSetting | undefined): string {
  return setting
    ? formatOrigin({ kind: 'command-line', setting: `${setting.path}=${show(setting.value)}` })
    : '';
}

/** The fields that a problem is about: zod names unknown ones together, at the object that they stand in. */
function keysOf(issue: ZodIssue): string[][] {
  const keys = issue.path.map(String);
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...keys, key]) : [keys];
}

/** Whether an experiment may have a value at a path such as `launch.slurm.partition` that no run config holds. */
export function isHeadField(path: string): boolean {
  const [name = '', ...inner] = path.split('.');
  const schema = own({ launch: launchSchema, halving: halvingSettingsSchema }, name);
  return (
    schema !== undefined &&
    (inner.length === 0 || fieldsAt(schema, inner.slice(0, -1)).includes(inner.at(-1)!))
  );
}

/** The fields that the object at `path` may have; none where it is no object or one of several. */
function fieldsAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let found: unknown = schema;
  for (const key of path) found = shapeOf(found)[String(key)];
  return Object.keys(shapeOf(found));
}

function shapeOf(schema: unknown): Readonly<Record<string, unknown>> {
  const whole = schema instanceof z.ZodOptional ? schema.unwrap() : schema;
  return whole instanceof z.ZodObject ? whole.shape : {};
}

function describe(
  issue: ZodIssue,
  key: string | undefined,
  fields: readonly string[],
  got: JsonValue | undefined,
): ConfigIssue {
  if (issue.code === 'unrecognized_keys') {
    const nearest = nearestName(String(key), fields);
    const message = `unknown field ${JSON.stringify(key)}`;
    return { code: 'unknown-path', message, ...(nearest === undefined ? {} : { nearest }) };
  }
  const expected = expectation(issue);
  if (got === undefined) return { code: 'missing-value', message: 'a value is missing', expected };
  return { code: 'invalid-value', message: 'the value is not allowed here', expected, got: show(got) };
}

function expectation(issue: ZodIssue): string {
  if (issue.code === 'too_small') return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
  if (issue.code === 'invalid_type') return typeName(issue.expected);
  // From zod's "Invalid input: expected int, received number".
  return issue.message.replace(/^.*expected /i, '').replace(/, received .*$/, '');
}
