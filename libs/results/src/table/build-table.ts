import type { PlanFile, PlanRun } from '@mixlab/contracts';
import type { RunResult } from '../reduce/reduce-run.ts';
import { batchNormWarnings } from './batch-norm-warnings.ts';
import { layOut } from './layout.ts';
import type { Arrangement } from './layout.ts';
import { publishedMark } from './published-mark.ts';
import type { Table, TableCell, TableRow } from './table.ts';

export interface TableOptions {
  /** The epoch that the results were reduced at; null for trained ones at their planned length. */
  readonly atEpoch: number | null;
  readonly arrangement?: Arrangement | undefined;
  /** Concerns the table as a whole. */
  readonly warnings?: readonly string[];
}

/** Arranges the results of a plan's runs, found by hash, as a table. */
export function buildTable(plan: PlanFile, results: readonly RunResult[], options: TableOptions): Table {
  const byHash = new Map(results.map((result) => [result.run.hash, result]));
  const { places, ...laidOut } = layOut(plan.runs, options.arrangement);
  const layout = { ...laidOut, rows: laidOut.rows.map((row) => marked(plan, laidOut.rowAxis, row)) };
  const resultOf = (run: PlanRun) => byHash.get(run.hash)!;
  const columns = layout.columns.map(({ label }, column) => ({
    label,
    results: places.flatMap((row) => (row[column] ? [resultOf(row[column])] : [])),
  }));
  return {
    experiment: plan.experiment,
    engine: plan.engine,
    atEpoch: options.atEpoch,
    ...layout,
    cells: places.map((row) => row.map((run) => (run ? cellOf(resultOf(run)) : null))),
    warnings: [
      ...(options.warnings ?? []),
      ...columns.flatMap(batchNormWarnings),
      ...results.flatMap(warningsOf),
    ],
  };
}

/** A row of a method, with the mark that its published figures have. */
function marked({ experiment }: PlanFile, rowAxis: string, row: TableRow): TableRow {
  const mark = rowAxis === 'mixMode' ? publishedMark(experiment, row.value) : '';
  return mark === '' ? row : { ...row, label: row.label.replace(String(row.value), `$&${mark}`) };
}

function cellOf({ run, trials, n, mean, std }: RunResult): TableCell {
  const { name, hash, method, report } = run;
  const shown = trials.map(({ warnings: _warnings, batchNormImages: _images, ...trial }) => trial);
  return { run: name, hash, method, report, planned: run.trials, n, mean, std, trials: shown };
}

function warningsOf({ run, trials, warnings }: RunResult): string[] {
  const ofRun = warnings.map((warning) => `${run.name}: ${warning}`);
  const ofTrials = trials.flatMap(({ trial, warnings: each }) =>
    each.map((warning) => `${run.name}, trial ${trial}: ${warning}`),
  );
  return [...ofRun, ...ofTrials];
}
