import { basename } from 'node:path';
import { pythonFields, readRecipePlaces } from '@mixlab/authoring';
import { ConfigError, listNames, nearestName } from '@mixlab/contracts';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import { canonicalJson, isHeadField } from '@mixlab/plan';
import type { PlannedRun } from '@mixlab/plan';
import { selectRuns } from '@mixlab/results';
import type { SelectedRuns } from '@mixlab/results';
import { configsOptions } from './configs-options.ts';
import type { ExplainOptions } from './explain-command.ts';
import { differenceText, explanationText } from './explain-text.ts';
import { prepareSound } from './prepare.ts';
import { orIssues, printJson, refuse, tellUnread } from './outcome.ts';
import { print } from './report-json.ts';
import { trace } from './trace.ts';
import type { Places, TracedValue } from './trace.ts';

/** A run, and its values with where they are from. */
export interface ExplainedRun {
  readonly run: { readonly experiment: string; readonly name: string; readonly hash: string };
  readonly values: readonly TracedValue[];
  /** What the experiment says of it beside its config: trials, report, launch, halving. */
  readonly ofExperiment: readonly TracedValue[];
}

/** A value that two runs do not share; absent on the side whose run has no such field. */
export interface ValueDifference {
  readonly path: string;
  readonly before?: TracedValue;
  readonly after?: TracedValue;
}

interface ExperimentRuns {
  readonly experiment: string;
  readonly runs: readonly PlannedRun<unknown>[];
}

/**
 * Prints where the values of a run are from.
 *
 * @returns 0; 2 where a name means nothing, or something authored is wrong
 */
export async function runExplain(options: ExplainOptions, io: CommandIo): Promise<number> {
  const done = await orIssues(() => explain(options, io));
  return done instanceof ConfigError ? refuse(done, 2, '', options, io) : 0;
}

async function explain(options: ExplainOptions, io: CommandIo): Promise<void> {
  const { experiment, set } = options;
  const { plans, issues } = await prepareSound(io.home, configsOptions.parse({ experiment, set }));
  // Where a value of the command line is wrong, no plan is what was asked for.
  if (issues.some(({ at }) => !at) || (set && issues.length > 0)) throw new ConfigError(issues);
  const all = plans.map((plan) => ({ experiment: plan.experiment, runs: [...plan.runs()] }));
  const names = [options.run, ...(options.diff === undefined ? [] : [options.diff])];
  const found = names.map((name) => findRuns(all, name, options.diff !== undefined));
  const problems = found.flatMap((each) => ('issue' in each ? [each.issue] : []));
  // What was not found may be of a file that has problems.
  if (problems.length > 0) throw new ConfigError([...issues, ...problems]);
  tellUnread([...new Set(issues.flatMap(({ at }) => at?.file ?? []))], io);
  const [runs = [], others] = found.flatMap((each) => ('runs' in each ? [each.runs] : []));
  const places = { recipe: await readRecipePlaces(io.home), python: pythonFields(io.home) };
  if (others) {
    const [from, to] = pairOf(others, runs);
    compare(explainedRun(from, places), explainedRun(to, places), options, io);
    return;
  }
  const explained = runs.map((run) => explainedRun(run, places));
  const chosen = narrowed(explained, options.path);
  printJson(() => print({ runs: chosen }), options, io);
  if (options.json !== true) io.stdout(chosen.map((each) => explanationText(each, options.path)).join('\n'));
}

function compare(from: ExplainedRun, to: ExplainedRun, options: ExplainOptions, io: CommandIo): void {
  const before = new Map(allValues(from).map((value) => [value.path, value]));
  const after = new Map(allValues(to).map((value) => [value.path, value]));
  const paths = new Set([from.values, to.values, from.ofExperiment, to.ofExperiment].flatMap(pathsOf));
  const differences = within([...paths], options.path).flatMap((path): ValueDifference[] => {
    const sides = { before: before.get(path), after: after.get(path) };
    if (sides.before && sides.after && isSame(sides.before, sides.after)) return [];
    return [
      { path, ...(sides.before && { before: sides.before }), ...(sides.after && { after: sides.after }) },
    ];
  });
  printJson(() => print({ from: from.run, to: to.run, differences }), options, io);
  if (options.json !== true) io.stdout(differenceText(from.run, to.run, differences));
}

function isSame(one: TracedValue, other: TracedValue): boolean {
  return canonicalJson(one.value) === canonicalJson(other.value);
}

interface NamedRun {
  readonly experiment: string;
  readonly run: PlannedRun<unknown>;
}

/** What a name means: the runs of one hash, which may be of several experiments, or all that a glob takes, if it may. */
function findRuns(
  all: readonly ExperimentRuns[],
  typed: string,
  isOne: boolean,
): { readonly runs: readonly NamedRun[] } | { readonly issue: ConfigIssue } {
  const name = typed.endsWith('.json') ? basename(typed, '.json') : typed;
  const selected = selectRuns(all, [name]);
  const [problem] = selected.problems;
  if (problem !== undefined) return { issue: { code: 'unknown-run', message: problem } };
  const runs = all.flatMap(({ experiment, runs }) =>
    runs.flatMap((run) => (isSelected(selected, experiment, run) ? [{ experiment, run }] : [])),
  );
  if (isOne && new Set(runs.map(({ run }) => run.hash)).size > 1) {
    const names = listNames([...new Set(runs.map(({ run }) => run.name))], 6);
    const message = `--diff compares two runs, and ${name} takes several: ${names}`;
    return { issue: { code: 'several-runs', message } };
  }
  return { runs };
}

/** Whether a run was named, or a trial of it: all of them have the values of their run. */
function isSelected(
  selected: SelectedRuns,
  experiment: string,
  { name, trials }: PlannedRun<unknown>,
): boolean {
  for (let trial = 1; trial <= trials; trial++) if (selected.has(experiment, name, trial)) return true;
  return false;
}

/** One of each side, of the same experiment where there are such: what both are in may be in others, too. */
function pairOf(from: readonly NamedRun[], to: readonly NamedRun[]): readonly [from: NamedRun, to: NamedRun] {
  const shared = to.find(({ experiment }) => from.some((other) => other.experiment === experiment)) ?? to[0]!;
  return [from.find(({ experiment }) => experiment === shared.experiment) ?? from[0]!, shared];
}

function explainedRun({ experiment, run }: NamedRun, places: Places): ExplainedRun {
  return {
    run: { experiment, name: run.name, hash: run.hash },
    values: run.explain().map((explanation) => trace(explanation, places)),
    ofExperiment: run.explainExperiment().map((explanation) => trace(explanation, places)),
  };
}

function allValues({ values, ofExperiment }: ExplainedRun): readonly TracedValue[] {
  return [...values, ...ofExperiment];
}

function pathsOf(values: readonly TracedValue[]): string[] {
  return values.map(({ path }) => path);
}

/** The runs with nothing but what is at a path and below it, which one of them has at least. */
function narrowed(runs: readonly ExplainedRun[], path: string | undefined): ExplainedRun[] {
  const found = new Set(within([...new Set(runs.flatMap(allValues).map((value) => value.path))], path));
  const isFound = (value: TracedValue): boolean => found.has(value.path);
  return runs.map(({ run, values, ofExperiment }) => {
    return { run, values: values.filter(isFound), ofExperiment: ofExperiment.filter(isFound) };
  });
}

/** Those of the paths that are `path`, or of something in it. */
function within(paths: readonly string[], path: string | undefined): readonly string[] {
  if (path === undefined) return paths;
  const found = paths.filter((each) => each === path || each.startsWith(`${path}.`));
  if (found.length > 0) return found;
  const known = [...new Set(paths.flatMap(prefixesOf))];
  if (isHeadField(path)) throw new ConfigError([{ code: 'unset-path', message: 'nothing sets it', path }]);
  const others = known.filter((each) => !path.startsWith(`${each}.`));
  const nearest = nearestName(path, others);
  const issue = { code: 'unknown-path', message: 'the run has no such field', path };
  const around = prefixesOf(path).findLast((outer) => known.some((each) => outerOf(each) === outer));
  const fields = known.filter((each) => around === outerOf(each));
  throw new ConfigError([
    nearest ? { ...issue, nearest } : { ...issue, expected: `one of ${listNames(fields)}` },
  ]);
}

function outerOf(path: string): string | undefined {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : undefined;
}

/** `a`, `a.b` and `a.b.c` of `a.b.c`. */
function prefixesOf(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_, at) => parts.slice(0, at + 1).join('.'));
}
