import type { JsonValue, PlanRun } from '@mixlab/contracts';
import { groupBy } from './group-by.ts';
import { columnLabel, rowLabel } from './label.ts';
import type { MarkOf } from './label.ts';
import { differingPaths, flatten, pick } from './parameters.ts';
import type { Table, TableColumn, TableRow } from './table.ts';

/** Axes that a table is asked to have for its rows and its columns. */
export interface Arrangement {
  readonly rows?: readonly string[] | undefined;
  readonly columns?: readonly string[] | undefined;
}

/** Where each run of a plan stands; each has a place of its own. */
export interface Layout extends Pick<Table, 'rowAxis' | 'constants' | 'rows' | 'columns'> {
  /** A run for each row and column; null where the plan has none. */
  readonly places: (PlanRun | null)[][];
}

/**
 * Rows are the values of one axis, in the plan's order: the methods. Columns are the combinations of the other axes
 * that vary. Where two runs of one method meet in a column, because the method's parameters vary, it has a row for
 * each setting of the parameters that tell them apart; a parameter that only follows from the column (one backbone's
 * own alpha) makes no row. An arrangement names other axes; what varies and stands in neither tells rows apart.
 */
export function layOut(
  runs: readonly PlanRun[],
  arrangement: Arrangement = {},
  markOf: MarkOf = () => '',
): Layout {
  const [rowAxis = '', ...named] = arrangement.rows ?? [defaultRowAxis(runs, arrangement.columns)];
  const values = valuesByAxis(runs, rowAxis);
  const varying = [...values].filter(([, all]) => all.size > 1).map(([path]) => path);
  const columnAxes = arrangement.columns ?? varying.filter((path) => !named.includes(path));
  const rowAxes = [
    ...named,
    ...varying.filter((path) => !columnAxes.includes(path) && !named.includes(path)),
  ];
  const columnOf = (run: PlanRun) => JSON.stringify(columnAxes.map((path) => run.axes[path] ?? null));
  const columns = sortedColumns(runs, columnAxes, values, columnOf, markOf);

  const rows: TableRow[] = [];
  const places: (PlanRun | null)[][] = [];
  const rowOfRun = (run: PlanRun) =>
    JSON.stringify([rowAxis, ...rowAxes].map((path) => run.axes[path] ?? null));
  for (const ofMethod of groupBy(runs, rowOfRun).values()) {
    const telling = tellingParameters(ofMethod, columnOf);
    for (const ofSetting of groupBy(ofMethod, (run) => settingOf(run, telling)).values()) {
      const byColumn = groupBy(ofSetting, columnOf);
      const depth = [...byColumn.values()].reduce((most, { length }) => Math.max(most, length), 0);
      // More than one only for a grid that differs in something that neither its axes nor the method shows.
      for (let level = 0; level < depth; level += 1) {
        rows.push(rowOf(ofSetting[0]!, rowAxis, rowAxes, telling, level, markOf));
        places.push([...columns.keys()].map((column) => byColumn.get(column)?.[level] ?? null));
      }
    }
  }
  const shown = new Set([...columnAxes, ...rowAxes]);
  const constants = [...values]
    .filter(([path, all]) => all.size === 1 && !shown.has(path))
    .map(([path]) => path);
  return {
    rowAxis,
    constants: pick(runs[0]?.axes ?? {}, constants),
    rows,
    columns: [...columns.values()],
    places,
  };
}

/** The methods; for an engine without `mixMode`, or where they are columns, whatever else varies first. */
function defaultRowAxis(runs: readonly PlanRun[], columns: readonly string[] = []): string {
  if (!columns.includes('mixMode') && runs.some((run) => Object.hasOwn(run.axes, 'mixMode')))
    return 'mixMode';
  const values = [...valuesByAxis(runs, undefined)].filter(([path]) => !columns.includes(path));
  const varying = values.find(([, all]) => all.size > 1);
  return varying?.[0] ?? values[0]?.[0] ?? '';
}

/** Every axis but the rows' and what lies within it, with the rank of each of its values. */
function valuesByAxis(
  runs: readonly PlanRun[],
  rowAxis: string | undefined,
): Map<string, Map<string, number>> {
  const paths = new Set(runs.flatMap((run) => Object.keys(run.axes)));
  const columns = [...paths].filter((path) => path !== rowAxis && !path.startsWith(`${rowAxis}.`));
  return new Map(columns.map((path) => [path, ranks(runs.map((run) => run.axes[path] ?? null))]));
}

function ranks(values: readonly JsonValue[]): Map<string, number> {
  const distinct = new Set(values.map((value) => JSON.stringify(value)));
  return new Map([...distinct].map((value, rank) => [value, rank]));
}

/** By the first axis, then the second, each in the order of its values in the plan. */
function sortedColumns(
  runs: readonly PlanRun[],
  axes: readonly string[],
  values: ReadonlyMap<string, ReadonlyMap<string, number>>,
  columnOf: (run: PlanRun) => string,
  markOf: MarkOf,
): Map<string, TableColumn> {
  const firsts = [...groupBy(runs, columnOf)].map(([column, [run]]) => {
    const order = axes.map((path) => values.get(path)!.get(JSON.stringify(run!.axes[path] ?? null))!);
    return { column, order, axes: pick(run!.axes, axes) };
  });
  firsts.sort(
    (a, b) => a.order.map((rank, i) => rank - b.order[i]!).find((difference) => difference !== 0) ?? 0,
  );
  return new Map(
    firsts.map((first) => [first.column, { label: columnLabel(first.axes, markOf), axes: first.axes }]),
  );
}

function tellingParameters(runs: readonly PlanRun[], columnOf: (run: PlanRun) => string): string[] {
  const meeting = [...groupBy(runs, columnOf).values()].filter((inColumn) => inColumn.length > 1);
  const paths = meeting.flatMap((inColumn) => differingPaths(inColumn.map((run) => flatten(run.method))));
  return [...new Set(paths)];
}

function settingOf(run: PlanRun, telling: readonly string[]): string {
  return JSON.stringify(pick(flatten(run.method), telling));
}

function rowOf(
  run: PlanRun,
  rowAxis: string,
  rowAxes: readonly string[],
  telling: readonly string[],
  level: number,
  markOf: MarkOf,
): TableRow {
  const value = run.axes[rowAxis] ?? null;
  const axes = pick(run.axes, rowAxes);
  const parameters = pick(flatten(run.method), telling);
  const mark = rowAxis === 'mixMode' ? markOf(value) : '';
  const further = rowAxes.length > 0 ? `, ${columnLabel(axes, markOf)}` : '';
  const label = rowLabel(`${rowLabel(value, {})}${mark}${further}`, parameters);
  return { label: level === 0 ? label : `${label} #${level + 1}`, value, axes, parameters };
}
