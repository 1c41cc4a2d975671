import { differenceOf, placed } from './compared-plan.ts';
import type { ComparedPlan } from './compared-plan.ts';
import type { Comparison, ComparisonCell } from './comparison.ts';

/** Every cell of a table beside what is published of its method, backbone and epochs; cells of neither are left out. */
export function comparePublished({ plan, table }: ComparedPlan, tolerance: number): Comparison {
  const cells = placed({ plan, table }).flatMap(({ run, cell, row, column }): ComparisonCell[] => {
    if (cell.published === null) return [];
    const other = { mean: cell.published, std: null, n: null };
    return [{ run: run.name, row, column, ...differenceOf(cell, other, tolerance), significance: null }];
  });
  const { experiment, warnings, published: statistics } = table;
  return { experiment, against: 'published', tolerance, statistics, cells, warnings };
}
