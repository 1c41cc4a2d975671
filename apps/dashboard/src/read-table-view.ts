import {
  captionOf,
  columnHeaders,
  comparePublished,
  differenceText,
  notesOf,
  plainCell,
  readTable,
  rowHeader,
  verdictMarks,
} from '@mixlab/results';
import type { ComparisonCell } from '@mixlab/results';
import type { ObservedExperiment } from './observed-experiment.ts';
import type { TableCellView, TableView } from './view.ts';

/** As `mixlab compare` has it by default. */
const TOLERANCE = 0.3;

/** The table of an experiment as `mixlab table` prints it, each cell with what is published of it. */
export function readTableView({ plan, folder }: ObservedExperiment): TableView {
  const table = readTable(plan, folder);
  const comparison = comparePublished({ plan, table, folder }, TOLERANCE);
  const published = new Map(comparison.cells.map((cell) => [cell.run, cell]));
  const cellView = (cell: (typeof table.cells)[number][number]): TableCellView => ({
    run: cell?.run ?? null,
    text: plainCell(cell),
    published: cell ? publishedView(published.get(cell.run)) : null,
  });
  return {
    experiment: plan.experiment,
    caption: captionOf(table),
    published: comparison.cells.length > 0 ? comparison.statistics : [],
    rowHeader: rowHeader(table),
    columns: columnHeaders(table),
    rows: table.rows.map(({ label }, index) => ({ label, cells: table.cells[index]!.map(cellView) })),
    notes: notesOf(table),
    warnings: table.warnings,
  };
}

function publishedView(cell: ComparisonCell | undefined): TableCellView['published'] {
  if (!cell?.other) return null;
  const mark = verdictMarks[cell.verdict];
  return { text: cell.other.mean.toFixed(2), difference: differenceText(cell), mark };
}
