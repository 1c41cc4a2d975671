import { describeReport } from '../reduce/reduce-curve.ts';
import { columnLabel } from '../table/label.ts';
import { groupBy } from '../table/group-by.ts';
import type { Table, TableCell } from '../table/table.ts';

/** `median of top1 over the last 5 epochs, mean ± sample std over 3 trials; resnet18, 100 epochs`. */
export function captionOf(table: Table): string {
  const cells = table.cells.flat().filter((cell) => cell !== null);
  const trials = cells.reduce((most, { planned }) => Math.max(most, planned), 0);
  const parts = [
    reportsOf(table),
    table.atEpoch === null ? '' : `at epoch ${table.atEpoch}`,
    trials > 1 ? `mean ± sample std over ${trials} trials` : '',
  ];
  const constants = columnLabel(table.constants);
  return [parts.filter(Boolean).join(', '), constants].filter(Boolean).join('; ');
}

/** Each rule once; where there are several, with the columns that it holds for. */
function reportsOf(table: Table): string {
  const columns = table.columns.map(({ label }, index) => ({
    label,
    reports: distinctReports(table.cells.map((row) => row[index]!)),
  }));
  const rules = groupBy(
    columns.flatMap(({ label, reports }) => reports.map((report) => ({ label, report }))),
    ({ report }) => report,
  );
  if (rules.size <= 1) return [...rules.keys()].join('');
  return [...rules]
    .map(([report, of]) => `${report} (${of.map(({ label }) => label).join('; ')})`)
    .join(', ');
}

function distinctReports(cells: readonly (TableCell | null)[]): string[] {
  return [...new Set(cells.flatMap((cell) => (cell ? [describeReport(cell.report)] : [])))];
}
