import type { PlanFile, PlanRun } from '@mixlab/contracts';
import { isLowerBetter } from '../reduce/reduce-curve.ts';
import type { Table, TableCell } from '../table/table.ts';
import type { ComparisonCell, Verdict } from './comparison.ts';

/** A plan, its table, and where its run directories lie: `work_dirs/<experiment>`. */
export interface ComparedPlan {
  readonly plan: PlanFile;
  readonly table: Table;
  readonly folder: string;
}

/** A cell of a table, with its run and what its row and column are called. */
export interface Placed {
  readonly run: PlanRun;
  readonly cell: TableCell;
  readonly row: string;
  readonly column: string;
}

export function placed({ plan, table }: Omit<ComparedPlan, 'folder'>): Placed[] {
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

/** A cell less what stands on the other side, and what that means. */
export function differenceOf(
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
