import CliTable from 'cli-table3';
import type { Table } from '../table/table.ts';
import { captionOf } from './caption.ts';
import { columnHeaders, plainCell, rowHeader } from './cell-text.ts';
import { notesOf } from './notes.ts';

/** A boxed table for a terminal, and under it what is missing or running. */
export function renderTerminal(table: Table): string {
  const boxed = new CliTable({
    head: [rowHeader(table), ...columnHeaders(table)],
    colAligns: ['left', ...table.columns.map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  table.rows.forEach(({ label }, index) => boxed.push([label, ...table.cells[index]!.map(plainCell)]));
  const notes = notesOf(table).map(({ title, lines }) =>
    [title, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
  return [`${table.experiment}: ${captionOf(table)}`, boxed.toString(), ...notes].join('\n') + '\n';
}
