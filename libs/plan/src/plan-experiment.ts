import type { ConfigIssue, JsonValue, SweepSchema } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { EmptiedValues } from './emptied-values.ts';
import { Expansion } from './expansion.ts';
import { filePaths, readFileNaming } from './file-naming.ts';
import { readHead } from './head.ts';
import type { Head } from './head.ts';
import { headPatches } from './head-explanation.ts';
import { Rungs } from './halving.ts';
import { IssueLog } from './issue-log.ts';
import { placed } from './node-value.ts';
import { formatOrigin } from './origin.ts';
import type { Patch } from './patch.ts';
import { unknownPart } from './paths.ts';
import { Plan } from './plan.ts';
import type { PlanSource } from './plan.ts';
import { RunNaming } from './run-naming.ts';
import { RunTable } from './run-table.ts';
import { selectPlans } from './selection.ts';
import type { Selection } from './selection.ts';
import { ShortTrainings } from './short-trainings.ts';
import { applySet, patchOfSetting } from './settings.ts';
import { readSources } from './sources.ts';
import { readSteps } from './steps.ts';
import type { ExcludeStep, WhenStep } from './steps.ts';

/** A grid beyond this is a slip, and would keep a machine busy for minutes. */
const MAX_POINTS = 1_000_000;

export interface PlanOptions {
  readonly source: PlanSource;
  /** Which runs are written and launched; the plan holds all of them. */
  readonly selection?: Selection;
  /** Values that the command line changes: makes a sibling experiment. */
  readonly sets?: readonly (readonly [path: string, value: JsonValue])[];
  /** Another naming of the config files, which the experiment's schema must have; default: the generator's own. */
  readonly naming?: string | undefined;
}

/**
 * Expands an experiment, checks every run and names it. Pure: the same experiment gives the same plan.
 *
 * @throws ConfigError with everything that is wrong with the experiment
 */
export function planExperiment<C>(experiment: ExperimentData<C>, options: PlanOptions): Plan<C> {
  const changed = applySet(experiment, options.sets ?? []);
  const plan = expand(changed, options.source, options.naming);
  const [selected = plan] = selectPlans([plan], options.selection ?? {});
  return selected;
}

function expand<C>(
  experiment: ExperimentData<C>,
  source: PlanSource,
  namingName: string | undefined,
): Plan<C> {
  const { schema, authored } = experiment;
  const log = new IssueLog();
  if (authored.kind !== 'object') {
    log.add({ code: 'invalid-experiment', message: 'an experiment is an object', ...placed(authored.at) });
    log.throwIfAny(0);
  }
  const fields = new Map(authored.kind === 'object' ? authored.entries : []);
  const head = readHead(experiment, fields, log);
  const fileNaming = readFileNaming(experiment, namingName, log);
  const sources = readSources(experiment, log);
  const steps = readSteps(experiment.steps, sources, schema, log);
  const settings = experiment.settings.flatMap((setting) => patchOfSetting(setting) ?? []);
  const expansion = new Expansion(schema, sources, steps, settings);
  const naming = new RunNaming(schema);
  if (expansion.size > MAX_POINTS) {
    const message = 'this experiment is too large';
    log.add({
      code: 'too-many-points',
      message,
      expected: `at most ${MAX_POINTS} points`,
      got: String(expansion.size),
      ...placed(head.at),
    });
    log.throwIfAny(0);
  }
  const table = new RunTable(expansion.size);
  const emptied = steps.some(({ kind }) => kind === 'exclude') ? new EmptiedValues() : undefined;
  const rungs = new Rungs(head.halving, schema, log);
  const short = new ShortTrainings(schema);
  let points = 0;
  for (let number = 0; number < expansion.size; number++) {
    if (!expansion.view(number)) continue;
    points += 1;
    emptied?.see(expansion.choices);
    const issues = issuesOf(expansion, schema, head, rungs);
    for (const issue of issues) {
      const isSet = expansion.originOf(issue.path ?? '').kind !== 'default';
      log.addOfRun(locate(issue, expansion, head), isSet, () => describe(expansion));
    }
    if (!log.isEmpty || issues.length > 0) continue;
    table.add(expansion.hash(), number);
    short.see(expansion.values(), expansion.report ?? head.report);
  }
  reportUnused(steps, settings, expansion.used, points, log, schema);
  log.throwIfAny(points);
  const otherPaths = fileNaming && filePaths(fileNaming, experiment, expansion, table);
  const named = { naming, paths: [], otherPaths };
  const { engine, version, commandLine, floats } = schema as SweepSchema<unknown>;
  const runConfig = { schema: engine, version };
  const notes = [...(emptied?.notes(sources) ?? []), ...short.notes()].map((note) => ({
    ...note,
    ...placed(note.at, head.at),
  }));
  return new Plan({
    engine,
    runConfig,
    commandLine,
    floats,
    head,
    headPatches: headPatches(experiment),
    halving: rungs.halving,
    source,
    expansion,
    table,
    ...named,
    points,
    notes,
  });
}

/** What is wrong with the point in view. */
function issuesOf<C>(
  expansion: Expansion<C>,
  schema: SweepSchema<C>,
  { launch }: Head,
  rungs: Rungs<C>,
): readonly ConfigIssue[] {
  const sound = expansion.sound();
  return [...expansion.issues(), ...(schema.unfitMachines?.(sound, launch) ?? []), ...rungs.unfit(sound)];
}

/** The issue with the place of the value that it is about, or of what that lies in. */
function locate(issue: ConfigIssue, expansion: Expansion<unknown>, head: Head): ConfigIssue {
  const path = issue.path ?? '';
  const own = expansion.originOf(path);
  const message = issue.message + formatOrigin(own);
  let origin = own;
  for (let outer = path; origin.kind === 'default' && outer.includes('.');) {
    outer = outer.slice(0, outer.lastIndexOf('.'));
    origin = expansion.originOf(outer);
  }
  return {
    ...issue,
    message,
    ...placed(issue.at, origin.at, origin.kind === 'command-line' ? undefined : head.at),
  };
}

/** The point in view by its axes: `backbone=resnet18 maxEpochs=100`. */
function describe({ choices }: Expansion<unknown>): string {
  const axes = choices.flatMap(({ shown }) => [...shown]);
  return axes
    .map(([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function reportUnused(
  steps: readonly (WhenStep | ExcludeStep)[],
  settings: readonly Patch[],
  used: Expansion<unknown>['used'],
  points: number,
  log: IssueLog,
  schema: SweepSchema<unknown>,
): void {
  const excludes = steps.filter((step) => step.kind === 'exclude');
  const isEmpty = points === 0 && excludes.length > 0;
  for (const step of steps) {
    if (used.has(step) || (isEmpty && step.kind === 'when')) continue;
    const left = excludes.length > 0 && step.kind === 'when' ? 'no run that is left' : 'no run';
    log.add({
      code: `unmatched-${step.kind}`,
      message: `this \`${step.kind}\` matches ${left}`,
      ...placed(step.at),
    });
  }
  if (isEmpty) {
    log.add({
      code: 'nothing-left',
      message: 'nothing is left of the experiment: everything is excluded',
      ...placed(excludes.at(-1)?.at),
    });
  }
  for (const patch of points === 0 ? [] : settings) {
    if (used.has(patch)) continue;
    const path = [patch.field, ...patch.rest].join('.');
    const known = unknownPart(path, schema.jsonSchema)?.known ?? [];
    log.add({
      code: 'unknown-path',
      message: `no run of this experiment has \`${path}\``,
      path,
      ...(known.length > 0 ? { expected: known.join(', ') } : {}),
    });
  }
}
