import type { Table } from '../table/table.ts';
import { captionOf } from './caption.ts';
import { columnHeaders, plainCell, rowHeader } from './cell-text.ts';
import { notesOf } from './notes.ts';

/** A GitHub table under its caption, and lists of what is missing or running. */
export function renderMarkdown(table: Table): string {
  const rows = [
    line([rowHeader(table), ...columnHeaders(table)].map(escape)),
    line(['---', ...table.columns.map(() => '---:')]),
    ...table.rows.map(({ label }, index) => line([label, ...table.cells[index]!.map(plainCell)].map(escape))),
  ];
  const notes = notesOf(table).map(({ title, lines }) =>
    [escape(title), '', ...lines.map((each) => `- ${escape(each)}`)].join('\n'),
  );
  return (
    [`**${escape(table.experiment)}**: ${escape(captionOf(table))}`, rows.join('\n'), ...notes].join('\n\n') +
    '\n'
  );
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function escape(text: string): string {
  return text.replace(/[\\|*<`[\]]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}
