import type { JsonValue } from '@mixlab/contracts';
import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { canonicalJson, leavesOf, planRun } from '@mixlab/plan';
import type { Plan } from '@mixlab/plan';

/** A value that is another; a side without it has no such field. */
export interface ChangedValue {
  readonly path: string;
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

export type RunName = Pick<PlanRun, 'name' | 'hash'>;

/** A run that stays what it is for its author, and is another training, or has other trials or another report. */
export interface ChangedRun {
  readonly before: RunName;
  readonly after: RunName;
  readonly values: readonly ChangedValue[];
}

/** A plan against the one that lies on disk. */
export interface PlanDifference {
  /** What the experiment says of itself, rather than of its runs: `launch` and `halving`. */
  readonly settings: readonly ChangedValue[];
  readonly added: readonly RunName[];
  readonly removed: readonly RunName[];
  /** The same training under another name. */
  readonly renamed: readonly { readonly before: RunName; readonly after: RunName }[];
  readonly changed: readonly ChangedRun[];
  /** Runs that are the same in everything. */
  readonly unchanged: number;
}

/** Reads the config of a run as it lies on disk; undefined where it is gone, or no JSON. */
export type ReadConfig = (run: PlanRun) => JsonValue | undefined;

/** Beyond this many pairs of runs, only those with the same axes are taken for one run that changed. */
const MAX_PAIRS = 1_000_000;

/** What differs between a plan on disk, if there is one, and a plan that would take its place. */
export function diffPlans(
  before: PlanFile | undefined,
  after: Plan<unknown>,
  readConfig: ReadConfig,
): PlanDifference {
  const old = new Map(before?.runs.map((run) => [run.hash, run]));
  const renamed: PlanDifference['renamed'][number][] = [];
  const changed: ChangedRun[] = [];
  const added: PlanRun[] = [];
  const positions = new Map<string, number>();
  let unchanged = 0;
  for (const run of after.runs()) {
    const planned = planRun(run);
    positions.set(run.hash, run.index);
    const known = old.get(run.hash);
    old.delete(run.hash);
    if (!known) {
      added.push(planned);
      continue;
    }
    const values = changedValues(known, planned, readConfig(known), run.config as JsonValue);
    if (known.name !== run.name) renamed.push({ before: nameOf(known), after: nameOf(planned) });
    if (values.length > 0) changed.push({ before: nameOf(known), after: nameOf(planned), values });
    else if (known.name === run.name) unchanged += 1;
  }
  const pairs = pairRuns([...old.values()], added);
  for (const [was, is] of pairs) {
    const config = after.run(positions.get(is.hash) as number).config as JsonValue;
    const values = changedValues(was, is, readConfig(was), config);
    changed.push({ before: nameOf(was), after: nameOf(is), values });
  }
  const gone = new Set([...pairs.keys()]);
  const came = new Set(pairs.values());
  return {
    settings: before === undefined ? [] : changesBetween(settingsOf(before), settingsOf(after)),
    added: added.filter((run) => !came.has(run)).map(nameOf),
    removed: [...old.values()].filter((run) => !gone.has(run)).map(nameOf),
    renamed,
    changed,
    unchanged,
  };
}

function settingsOf({ launch, halving }: Pick<PlanFile, 'launch' | 'halving'>): JsonValue {
  return { launch, ...(halving && { halving }) } as JsonValue;
}

function nameOf({ name, hash }: PlanRun): RunName {
  return { name, hash };
}

/**
 * Runs that left with those that came in their place: with the same values of the axes that both plans have, or the only
 * ones that differ in one of them.
 */
function pairRuns(gone: readonly PlanRun[], came: readonly PlanRun[]): Map<PlanRun, PlanRun> {
  const pairs = new Map<PlanRun, PlanRun>();
  const inNew = new Set(came.flatMap(({ axes }) => Object.keys(axes)));
  const shared = [...new Set(gone.flatMap(({ axes }) => Object.keys(axes)))].filter((path) =>
    inNew.has(path),
  );
  const keyOf = ({ axes }: PlanRun) => canonicalJson(shared.map((path) => axes[path] ?? null));
  const byAxes = new Map<string, PlanRun[]>();
  for (const run of came) {
    const same = byAxes.get(keyOf(run));
    if (same) same.push(run);
    else byAxes.set(keyOf(run), [run]);
  }
  for (const run of gone) {
    const next = byAxes.get(keyOf(run))?.shift();
    if (next) pairs.set(run, next);
  }
  const taken = new Set(pairs.values());
  const left = came.filter((run) => !taken.has(run));
  const missing = gone.filter((run) => !pairs.has(run));
  if (left.length * missing.length > MAX_PAIRS) return pairs;
  const differInOne = (one: PlanRun, other: PlanRun): boolean =>
    shared.filter((path) => !isSame(one.axes[path], other.axes[path])).length === 1;
  for (const run of missing) {
    const [next, ...others] = left.filter((other) => differInOne(run, other));
    const rivals = next && missing.filter((other) => differInOne(other, next));
    if (next && others.length === 0 && rivals?.length === 1) pairs.set(run, next);
  }
  return pairs;
}

function changedValues(
  was: PlanRun,
  is: PlanRun,
  oldConfig: JsonValue | undefined,
  config: JsonValue,
): ChangedValue[] {
  const heads = ([was, is] as const).map(({ trials, report }) => ({ trials, report }) as JsonValue);
  const ofHead = changesBetween(heads[0]!, heads[1]!);
  return oldConfig === undefined ? ofHead : [...changesBetween(oldConfig, config), ...ofHead];
}

function changesBetween(was: JsonValue, is: JsonValue): ChangedValue[] {
  const before = new Map(leavesOf(was));
  const after = new Map(leavesOf(is));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const sides = { before: before.get(path), after: after.get(path) };
    if (isSame(sides.before, sides.after)) return [];
    return [
      {
        path,
        ...(sides.before === undefined ? {} : { before: sides.before }),
        ...(sides.after === undefined ? {} : { after: sides.after }),
      },
    ];
  });
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return canonicalJson(one) === canonicalJson(other);
}
