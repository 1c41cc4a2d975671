import { join } from 'node:path';
import { publishedTables } from '@mixlab/catalog/published';
import type { PublishedRow } from '@mixlab/catalog/published';
import type { JsonValue, PlanFile, PlanRun } from '@mixlab/contracts';
import { isLowerBetter } from '../reduce/reduce-curve.ts';
import { readJson } from '../run/read-json.ts';
import type { Table, TableCell } from '../table/table.ts';
import type { Comparison, ComparisonCell, Verdict } from './comparison.ts';
import { significanceOf } from './significance.ts';
import type { Sample } from './significance.ts';

/** A plan, its table, and where its run directories lie: `work_dirs/<experiment>`. */
export interface ComparedPlan {
  readonly plan: PlanFile;
  readonly table: Table;
  readonly folder: string;
}

interface Placed {
  readonly run: PlanRun;
  readonly cell: TableCell;
  readonly row: string;
  readonly column: string;
}

/** Every cell of a table beside what is published of its method, backbone and epochs; cells of neither are left out. */
export function comparePublished(ours: ComparedPlan, tolerance: number): Comparison {
  const tables = publishedTables.filter(({ experiment }) => experiment === ours.plan.experiment);
  const cells = placed(ours).flatMap(({ run, cell, row, column }): ComparisonCell[] => {
    const value = cell.report.metric === 'top1' ? publishedOf(run) : undefined;
    if (value === undefined) return [];
    const other = { mean: value, std: null, n: null };
    return [{ run: run.name, row, column, ...differenceOf(cell, other, tolerance), significance: null }];
  });
  const statistics = [...new Set(tables.map(({ statistic }) => statistic))];
  const { experiment } = ours.plan;
  return { experiment, against: 'published', tolerance, statistics, cells, warnings: ours.table.warnings };

  function publishedOf({ axes, method }: PlanRun): number | undefined {
    for (const { columns, rows } of tables) {
      const column = columns.findIndex(
        (each) =>
          each.quantity === undefined &&
          each.backbone === axes['backbone'] &&
          each.maxEpochs === axes['maxEpochs'],
      );
      const found = rows.find(
        (each) => each.method === method['name'] && hasAlpha(each, axes['backbone'], method),
      );
      const value = found?.values[column];
      if (typeof value === 'number') return value;
    }
    return undefined;
  }
}

/** Whether a row was published with a method's own alpha; of rows with several the name tells enough. */
function hasAlpha(row: PublishedRow, backbone: JsonValue | undefined, method: PlanRun['method']): boolean {
  const alphas = row.alphaFor?.[String(backbone)] ?? row.alpha;
  return alphas.length !== 1 || typeof method['alpha'] !== 'number' || method['alpha'] === alphas[0];
}

/** Every cell of a table beside that of the same run, or of one with the same axes, in another plan. */
export function comparePlans(
  ours: ComparedPlan,
  others: ComparedPlan,
  against: string,
  tolerance: number,
): Comparison {
  const candidates = placed(others);
  const warnings = [
    ...ours.table.warnings,
    ...others.table.warnings.map((warning) => `${against}: ${warning}`),
  ];
  const used = new Set<Placed>();
  const cells = placed(ours).flatMap(({ run, cell, row, column }): ComparisonCell[] => {
    const same = matching(run, candidates);
    if (same.length > 1)
      warnings.push(`${run.name}: ${same.length} runs of ${against} have its axes, left out`);
    const [other] = same;
    if (same.length !== 1 || other === undefined) return [];
    used.add(other);
    const significance =
      cell.report.metric === other.cell.report.metric
        ? significanceOf(sampleOf(cell, ours.folder), sampleOf(other.cell, others.folder))
        : null;
    const { mean, std, n } = other.cell;
    const theirs = mean === null ? null : { mean, std, n };
    return [{ run: run.name, row, column, ...differenceOf(cell, theirs, tolerance), significance }];
  });
  const alone = candidates.length - used.size;
  if (alone > 0) warnings.push(`${alone} of ${candidates.length} runs of ${against} have no counterpart`);
  return { experiment: ours.plan.experiment, against, tolerance, statistics: [], cells, warnings };
}

/** By hash; else by the axes that both plans have, and where that leaves several, by the method's parameters. */
function matching(run: PlanRun, candidates: readonly Placed[]): readonly Placed[] {
  const same = candidates.filter((each) => each.run.hash === run.hash);
  if (same.length > 0) return same;
  const alike = candidates.filter(({ run: { axes } }) => {
    const common = Object.keys(run.axes).filter((axis) => Object.hasOwn(axes, axis));
    return common.length > 0 && common.every((axis) => isSame(run.axes[axis], axes[axis]));
  });
  if (alike.length < 2) return alike;
  const exact = alike.filter((each) => isSame(each.run.method, run.method));
  return exact.length > 0 ? exact : alike;
}

function isSame(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function placed({ plan, table }: ComparedPlan): Placed[] {
  const byHash = new Map(plan.runs.map((run) => [run.hash, run]));
  return table.cells.flatMap((row, index) =>
    row.flatMap((cell, column) =>
      cell
        ? [
            {
              run: byHash.get(cell.hash)!,
              cell,
              row: table.rows[index]!.label,
              column: table.columns[column]!.label,
            },
          ]
        : [],
    ),
  );
}

function differenceOf(
  cell: TableCell,
  other: ComparisonCell['other'],
  tolerance: number,
): Pick<ComparisonCell, 'metric' | 'ours' | 'other' | 'difference' | 'verdict'> {
  const { metric } = cell.report;
  const ours = cell.mean === null ? null : { mean: cell.mean, std: cell.std, n: cell.n };
  const difference = ours && other ? ours.mean - other.mean : null;
  return { metric, ours, other, difference, verdict: verdictOf(difference, tolerance, metric) };
}

function verdictOf(difference: number | null, tolerance: number, metric: string): Verdict {
  if (difference === null) return 'missing';
  // Figures are published with two decimals: 0.3 and a rounding error is no more than 0.3.
  if (Math.abs(difference) <= tolerance + 1e-9) return 'within';
  return difference > 0 === isLowerBetter(metric) ? 'worse' : 'better';
}

/** The values of a cell's trials with their seeds, as each run directory's `config.json` has it. */
function sampleOf({ trials }: TableCell, folder: string): Sample {
  return trials.flatMap(({ value, directory }) =>
    value === null
      ? []
      : [{ value, seed: directory === null ? null : seedIn(join(folder, directory, 'config.json')) }],
  );
}

function seedIn(path: string): number | null {
  const config = readJson(path);
  const seed = config.kind === 'value' ? (config.value as { seed?: unknown } | null)?.seed : undefined;
  return typeof seed === 'number' ? seed : null;
}
