import { describeReport } from '../reduce/reduce-curve.ts';
import { columnLabel } from '../table/label.ts';
import { groupBy } from '../table/group-by.ts';
import { publishedMarkNames } from '../table/published-figures.ts';
import type { PublishedMark } from '../table/published-figures.ts';
import type { Table, TableCell } from '../table/table.ts';
import type { RenderOptions } from './body.ts';

/** `median of top1 over the last 5 epochs, mean ± sample std over 3 trials; resnet18, 100 epochs`. */
export function captionOf(table: Table, { published = false }: RenderOptions = {}): string {
  const cells = table.cells.flat().filter((cell) => cell !== null);
  const trials = cells.reduce((most, { planned }) => Math.max(most, planned), 0);
  const parts = [
    reportsOf(table),
    table.atEpoch === null ? '' : `at epoch ${table.atEpoch}`,
    trials > 1 ? `mean ± sample std over ${trials} trials` : '',
  ];
  const constants = columnLabel(table.constants);
  return [
    parts.filter(Boolean).join(', '),
    constants,
    ...(published && table.published.length > 0 ? [`published: ${table.published.join(' or ')}`] : []),
    ...legendOf(table),
  ]
    .filter(Boolean)
    .join('; ');
}

/** What the marks mean, where rows or columns name methods. */
function legendOf({ rowAxis, rows, columns, cells }: Table): string[] {
  const named = rowAxis === 'mixMode' || [...rows, ...columns].some(({ axes }) => 'mixMode' in axes);
  const marks = new Set(named ? cells.flat().map((cell) => cell?.publishedMark) : []);
  return publishedMarkNames.filter((mark) => marks.has(mark)).map((mark) => `${mark} ${meanings[mark]}`);
}

const meanings: Readonly<Record<PublishedMark, string>> = {
  '*': 'published as a preprint, reproduced by OpenMixup',
  '📖': "published by the method's own code",
};

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
