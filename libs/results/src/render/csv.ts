import type { JsonValue } from '@mixlab/contracts';
import { flatten } from '../table/parameters.ts';
import type { Table, TableCell } from '../table/table.ts';

type Value = JsonValue | undefined;

/**
 * All tables as one CSV (RFC 4180: CRLF, doubled quotes) with a line for each run of the plans, numbers in full.
 * Axes and method parameters have columns of their own; `values` and `states` hold one entry a trial, in order,
 * separated by semicolons.
 */
export function renderCsv(tables: readonly Table[]): string {
  const records = tables.flatMap((table) =>
    table.cells.flatMap((row, rowIndex) =>
      row.flatMap((cell, column) => (cell ? [recordOf(table, rowIndex, column, cell)] : [])),
    ),
  );
  const columns = (part: keyof Record) => [
    ...new Set(records.flatMap((record) => Object.keys(record[part]))),
  ];
  const header = [columns('place'), columns('axes'), columns('method'), columns('result')];
  const lines = records.map(({ place, axes, method, result }) =>
    [place, axes, method, result].flatMap((part, index) => header[index]!.map((key) => part[key])),
  );
  return [header.flat(), ...lines].map((line) => line.map(field).join(',') + '\r\n').join('');
}

interface Record {
  readonly place: { readonly [key: string]: Value };
  readonly axes: { readonly [key: string]: Value };
  readonly method: { readonly [key: string]: Value };
  readonly result: { readonly [key: string]: Value };
}

function recordOf(table: Table, row: number, column: number, cell: TableCell): Record {
  const { report, trials } = cell;
  const method = Object.entries(flatten(cell.method)).map(([path, value]) => [`method.${path}`, value]);
  return {
    place: { experiment: table.experiment, run: cell.run, hash: cell.hash },
    axes: {
      [table.rowAxis]: table.rows[row]!.value,
      ...table.rows[row]!.axes,
      ...table.columns[column]!.axes,
      ...table.constants,
    },
    method: Object.fromEntries(method),
    result: {
      metric: report.metric,
      reducer: report.reducer,
      reducerEpochs: report.reducer === 'medianOfLast' ? report.epochs : null,
      ...(report.reducer === 'ema' && { decay: report.decay }),
      atEpoch: table.atEpoch,
      mean: cell.mean,
      std: cell.std,
      n: cell.n,
      trials: cell.planned,
      values: trials.map(({ value }) => value ?? '').join(';'),
      states: trials.map(({ state }) => state).join(';'),
      published: cell.published,
      publishedMark: cell.publishedMark,
    },
  };
}

function field(value: Value): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
