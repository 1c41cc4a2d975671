import type { PlanFile, PlanRun } from '@mixlab/contracts';
import type { RunResult } from '../reduce/reduce-run.ts';
import { batchNormWarnings } from './batch-norm-warnings.ts';
import { layOut } from './layout.ts';
import type { Arrangement } from './layout.ts';
import { PublishedFigures } from './published-figures.ts';
import type { Table, TableCell } from './table.ts';
import { testWarnings } from './test-warnings.ts';

export interface TableOptions {
  /** The epoch that the results were reduced at; null for trained ones at their planned length. */
  readonly atEpoch: number | null;
  readonly arrangement?: Arrangement | undefined;
  /** Concerns the table as a whole. */
  readonly warnings?: readonly string[];
  /** Epochs after which a halving left runs out, by the runs' hashes. */
  readonly leftOut?: ReadonlyMap<string, number> | undefined;
}

/** Arranges the results of a plan's runs, found by hash, as a table. */
export function buildTable(plan: PlanFile, results: readonly RunResult[], options: TableOptions): Table {
  const byHash = new Map(results.map((result) => [result.run.hash, result]));
  const figures = new PublishedFigures(plan.experiment);
  const { places, ...layout } = layOut(
    plan.runs,
    options.arrangement,
    (method) => figures.markOf(method) ?? '',
  );
  const resultOf = (run: PlanRun) => byHash.get(run.hash)!;
  const columns = layout.columns.map(({ label }, column) => ({
    label,
    results: places.flatMap((row) => (row[column] ? [resultOf(row[column])] : [])),
  }));
  const statistics = new Set<string>();
  const cells = places.map((row) =>
    row.map((run) => {
      if (!run) return null;
      const figure = figures.of(run);
      if (figure) statistics.add(figure.statistic);
      const mark = figures.markOf(run.axes['mixMode']);
      const published = { published: figure?.value ?? null, publishedMark: mark };
      return cellOf(resultOf(run), published, options.leftOut?.get(run.hash));
    }),
  );
  return {
    experiment: plan.experiment,
    engine: plan.engine,
    atEpoch: options.atEpoch,
    ...layout,
    cells,
    published: [...statistics],
    warnings: [
      ...(options.warnings ?? []),
      ...columns.flatMap(batchNormWarnings),
      ...testWarnings(results),
      ...results.flatMap(warningsOf),
    ],
  };
}

function cellOf(
  { run, trials, n, mean, std }: RunResult,
  published: Pick<TableCell, 'published' | 'publishedMark'>,
  leftOutAfter: number | undefined,
): TableCell {
  const { name, hash, method, report, trials: planned } = run;
  return {
    run: name,
    hash,
    method,
    report,
    ...published,
    planned,
    n,
    mean,
    std,
    trials: trials.map(({ warnings: _warnings, batchNormImages: _images, tested: _tested, ...trial }) => {
      return leftOutAfter !== undefined && trial.state === 'paused' ? { ...trial, leftOutAfter } : trial;
    }),
  };
}

function warningsOf({ run, trials, warnings }: RunResult): string[] {
  const ofRun = warnings.map((warning) => `${run.name}: ${warning}`);
  const ofTrials = trials.flatMap(({ trial, warnings: each }) =>
    each.map((warning) => `${run.name}, trial ${trial}: ${warning}`),
  );
  return [...ofRun, ...ofTrials];
}
