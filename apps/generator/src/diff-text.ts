import { alignColumns } from '@mixlab/contracts';
import type { JsonValue } from '@mixlab/contracts';
import { canonicalJson } from '@mixlab/plan';
import type { OrphanedTrial } from './orphaned-results.ts';
import { OUTDATED_RUNGS } from './outdated-rungs.ts';
import type { ChangedRun, ChangedValue } from './plan-difference.ts';
import type { ExperimentDifference } from './run-diff.ts';
import type { SharedTrial } from './shared-results.ts';

/** Lines that are printed of each kind at most. */
const MAX_LINES = 50;

/** What `mixlab diff` prints. */
export function differenceLines(differences: readonly ExperimentDifference[]): string[] {
  const lines = differences.flatMap(linesOf);
  return lines.length > 0 ? lines : ['nothing would change'];
}

function linesOf(difference: ExperimentDifference): string[] {
  const {
    experiment,
    isNew,
    settings,
    added,
    removed,
    renamed,
    changed,
    unchanged,
    orphaned,
    shared,
    outdatesRungs,
  } = difference;
  const counts = [
    [added.length, 'added'],
    [removed.length, 'removed'],
    [renamed.length, 'renamed'],
    [changed.length, 'changed'],
  ] as const;
  const told = counts.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  if (told.length + settings.length === 0) return [];
  return [
    `${experiment}: ${isNew ? 'new, ' : ''}${[...told, `${unchanged} unchanged`].join(', ')}`,
    ...settings.map((value) => `  ${describeChange(value)}`),
    ...atMost(added.map(({ name }) => `  + ${name}`)),
    ...sharedLines(shared),
    ...atMost(removed.map(({ name }) => `  - ${name}`)),
    ...atMost(renamed.map(({ before, after }) => `  = ${before.name} → ${after.name}`)),
    ...atMost(alike(changed).map((runs) => changeLines(runs).join('\n'))),
    ...(outdatesRungs ? [`  ${OUTDATED_RUNGS}`] : []),
    ...orphanLines(orphaned).map((line) => `  ${line}`),
  ];
}

/** The runs of which the same values changed, together. */
function alike(changed: readonly ChangedRun[]): ChangedRun[][] {
  const byValues = new Map<string, ChangedRun[]>();
  for (const run of changed) {
    const values = canonicalJson(run.values as unknown as JsonValue);
    const known = byValues.get(values);
    if (known) known.push(run);
    else byValues.set(values, [run]);
  }
  return [...byValues.values()];
}

/** Runs of which the same values changed, and below them the values. */
function changeLines(runs: readonly ChangedRun[]): string[] {
  const names = runs.map(({ before, after }) => {
    return `  ~ ${before.name === after.name ? after.name : `${before.name} → ${after.name}`}`;
  });
  return [...atMost(names), ...runs[0]!.values.map((value) => `      ${describeChange(value)}`)];
}

function describeChange({ path, before, after }: ChangedValue): string {
  return `${path}: ${shown(before)} → ${shown(after)}`;
}

function shown(value: JsonValue | undefined): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}

/** Which new trials are there already. */
function sharedLines(shared: readonly SharedTrial[]): string[] {
  const [first] = shared;
  if (!first) return [];
  const what = shared.length === 1 ? '1 trial of these is' : `${shared.length} trials of these are`;
  return [`  ${what} trained by another experiment, and will be linked to: such as ${first.directory}`];
}

/** Which results would be of no run any more. */
export function orphanLines(orphaned: readonly OrphanedTrial[]): string[] {
  if (orphaned.length === 0) return [];
  const rows = orphaned.map(({ directory, state, epoch }) => {
    return [`  ${directory}`, state, `${epoch} ${epoch === 1 ? 'epoch' : 'epochs'}`];
  });
  const what = orphaned.length === 1 ? '1 trial that was' : `${orphaned.length} trials that were`;
  return [`${what} trained would belong to no run any more:`, ...atMost(alignColumns(rows))];
}

function atMost(lines: readonly string[]): string[] {
  const more = lines.length - MAX_LINES;
  return more > 0 ? [...lines.slice(0, MAX_LINES), `  … and ${more} more`] : [...lines];
}
