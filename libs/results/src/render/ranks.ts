import { isLowerBetter } from '../reduce/reduce-curve.ts';
import type { Table } from '../table/table.ts';
import { cellText } from './cell-text.ts';

export type Rank = 'first' | 'second' | 'none';

/** Which cells of each column are its best and its second best as they are shown; none where fewer than two have a number. */
export function ranksOf({ rows, columns, cells }: Table): Rank[][] {
  const ranks = rows.map(() => columns.map((): Rank => 'none'));
  columns.forEach((_, column) => {
    const shown = cells.map((row) => {
      const cell = row[column] ?? null;
      const text = cellText(cell);
      return text.kind === 'number' ? { value: Number(text.mean), metric: cell!.report.metric } : undefined;
    });
    const there = shown.filter((each) => each !== undefined);
    const metric = there[0]?.metric;
    if (metric === undefined || there.length < 2 || there.some((each) => each.metric !== metric)) return;
    const sign = isLowerBetter(metric) ? 1 : -1;
    const [first, second] = [...new Set(there.map(({ value }) => value))].sort((a, b) => sign * (a - b));
    shown.forEach((each, row) => {
      if (each?.value === first) ranks[row]![column] = 'first';
      else if (each !== undefined && each.value === second) ranks[row]![column] = 'second';
    });
  });
  return ranks;
}
