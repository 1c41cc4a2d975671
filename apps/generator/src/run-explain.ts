import { basename } from 'node:path';
import { pythonFields, readRecipePlaces } from '@mixlab/authoring';
import { ConfigError, listNames, nearestName } from '@mixlab/contracts';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import { canonicalJson } from '@mixlab/plan';
import type { PlannedRun } from '@mixlab/plan';
import { selectRuns } from '@mixlab/results';
import { configsOptions } from './configs-options.ts';
import type { ExplainOptions } from './explain-command.ts';
import { differenceText, explanationText } from './explain-text.ts';
import { prepare } from './prepare.ts';
import { orIssues, printJson, refuse } from './outcome.ts';
import { print } from './report-json.ts';
import { trace } from './trace.ts';
import type { Places, TracedValue } from './trace.ts';

/** A run, and its values with where they are from. */
export interface ExplainedRun {
  readonly run: { readonly experiment: string; readonly name: string; readonly hash: string };
  readonly values: readonly TracedValue[];
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
  const { plans } = await prepare(io.home, configsOptions.parse({ experiment, set }));
  const all = plans.map(({ plan }) => ({ experiment: plan.experiment, runs: [...plan.runs()] }));
  const names = [options.run, ...(options.diff === undefined ? [] : [options.diff])];
  const found = names.map((name) => findRuns(all, name));
  const problems = found.flatMap((each) => ('issue' in each ? [each.issue] : []));
  if (problems.length > 0) throw new ConfigError(problems);
  const [runs = [], others] = found.flatMap((each) => ('runs' in each ? [each.runs] : []));
  const places = { recipe: await readRecipePlaces(io.home), python: pythonFields(io.home) };
  const explained = runs.map((run) => explainedRun(run, places));
  if (others) {
    compare(explainedRun(others[0]!, places), explained[0]!, options, io);
    return;
  }
  const chosen = explained.map((each) => ({ ...each, values: within(each.values, options.path) }));
  printJson(() => print({ runs: chosen }), options, io);
  if (options.json !== true) io.stdout(chosen.map(explanationText).join('\n'));
}

function compare(from: ExplainedRun, to: ExplainedRun, options: ExplainOptions, io: CommandIo): void {
  const before = new Map(from.values.map((value) => [value.path, value]));
  const after = new Map(to.values.map((value) => [value.path, value]));
  const all = [...new Map([...before, ...after]).values()];
  const differences = within(all, options.path).flatMap(({ path }): ValueDifference[] => {
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

/** What a name means: the runs of one hash, which may be of several experiments, or all that a glob takes. */
function findRuns(
  all: readonly ExperimentRuns[],
  typed: string,
): { readonly runs: readonly NamedRun[] } | { readonly issue: ConfigIssue } {
  const name = typed.endsWith('.json') ? basename(typed, '.json') : typed;
  const selected = selectRuns(all, [name]);
  const [problem] = selected.problems;
  if (problem !== undefined) return { issue: { code: 'unknown-run', message: problem } };
  const runs = all.flatMap((each) => each.runs.map((run) => ({ experiment: each.experiment, run })));
  return { runs: runs.filter(({ experiment, run }) => selected.has(experiment, run.name, 1)) };
}

function explainedRun({ experiment, run }: NamedRun, places: Places): ExplainedRun {
  return {
    run: { experiment, name: run.name, hash: run.hash },
    values: run.explain().map((explanation) => trace(explanation, places)),
  };
}

/** The values at a path and below it. */
function within(values: readonly TracedValue[], path: string | undefined): readonly TracedValue[] {
  if (path === undefined) return values;
  const found = values.filter((value) => value.path === path || value.path.startsWith(`${path}.`));
  if (found.length > 0) return found;
  const known = new Set(values.flatMap((value) => [value.path, value.path.split('.')[0]!]));
  const nearest = nearestName(path, [...known]);
  const issue = { code: 'unknown-path', message: 'the run has no such field', path };
  throw new ConfigError([
    nearest ? { ...issue, nearest } : { ...issue, expected: `one of ${listNames([...known])}` },
  ]);
}
