import CliTable from 'cli-table3';
import type { Table } from '../table/table.ts';
import { bodyOf } from './body.ts';
import type { RenderOptions } from './body.ts';
import { captionOf } from './caption.ts';
import { columnHeaders, plainText, rowHeader } from './cell-text.ts';
import { notesOf } from './notes.ts';

/** A boxed table for a terminal, and under it what is missing or running. */
export function renderTerminal(table: Table, options?: RenderOptions): string {
  const boxed = new CliTable({
    head: [rowHeader(table), ...columnHeaders(table)],
    colAligns: ['left', ...table.columns.map(() => 'right' as const)],
    style: { head: [], border: [] },
  });
  for (const { label, cells } of bodyOf(table, options)) boxed.push([label, ...cells.map(plainText)]);
  const notes = notesOf(table).map(({ title, lines }) =>
    [title, ...lines.map((line) => `  ${line}`)].join('\n'),
  );
  return [`${table.experiment}: ${captionOf(table, options)}`, boxed.toString(), ...notes].join('\n') + '\n';
}
