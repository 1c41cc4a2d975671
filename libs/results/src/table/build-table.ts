import type { PlanFile } from '@mixlab/contracts';
import type { RunResult } from '../reduce/reduce-run.ts';
import { layOut } from './layout.ts';
import type { Table, TableCell } from './table.ts';

export interface TableOptions {
  /** The epoch that the results were reduced at; null for trained ones at their planned length. */
  readonly atEpoch: number | null;
  /** The axis that the rows vary. Default: `mixMode`. */
  readonly rowAxis?: string;
  /** Concerns the table as a whole. */
  readonly warnings?: readonly string[];
}

/** Arranges the results of a plan's runs, found by hash, as a table. */
export function buildTable(plan: PlanFile, results: readonly RunResult[], options: TableOptions): Table {
  const byHash = new Map(results.map((result) => [result.run.hash, result]));
  const { places, ...layout } = layOut(plan.runs, options.rowAxis);
  return {
    experiment: plan.experiment,
    engine: plan.engine,
    atEpoch: options.atEpoch,
    ...layout,
    cells: places.map((row) => row.map((run) => (run ? cellOf(byHash.get(run.hash)!) : null))),
    warnings: [...(options.warnings ?? []), ...results.flatMap(warningsOf)],
  };
}

function cellOf({ run, trials, n, mean, std }: RunResult): TableCell {
  const { name, hash, method, report } = run;
  const shown = trials.map(({ warnings: _warnings, ...trial }) => trial);
  return { run: name, hash, method, report, planned: run.trials, n, mean, std, trials: shown };
}

function warningsOf({ run, trials, warnings }: RunResult): string[] {
  const ofRun = warnings.map((warning) => `${run.name}: ${warning}`);
  const ofTrials = trials.flatMap(({ trial, warnings: each }) =>
    each.map((warning) => `${run.name}, trial ${trial}: ${warning}`),
  );
  return [...ofRun, ...ofTrials];
}
