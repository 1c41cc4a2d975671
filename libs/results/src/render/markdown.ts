import type { Table } from '../table/table.ts';
import { captionOf } from './caption.ts';
import { bodyOf } from './body.ts';
import type { RenderOptions } from './body.ts';
import { columnHeaders, plainText, rowHeader } from './cell-text.ts';
import { notesOf } from './notes.ts';

/** A GitHub table under its caption, and lists of what is missing or running. */
export function renderMarkdown(table: Table, options?: RenderOptions): string {
  const rows = [
    markdownRow([rowHeader(table), ...columnHeaders(table)]),
    line(['---', ...table.columns.map(() => '---:')]),
    ...bodyOf(table, options).map(({ label, cells }) => markdownRow([label, ...cells.map(plainText)])),
  ];
  const notes = notesOf(table).map(({ title, lines }) =>
    [escapeMarkdown(title), '', ...lines.map((each) => `- ${escapeMarkdown(each)}`)].join('\n'),
  );
  return (
    [
      `**${escapeMarkdown(table.experiment)}**: ${escapeMarkdown(captionOf(table, options))}`,
      rows.join('\n'),
      ...notes,
    ].join('\n\n') + '\n'
  );
}

/** A row of a table, its cells escaped. */
export function markdownRow(cells: readonly string[]): string {
  return line(cells.map(escapeMarkdown));
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** A line of text that Markdown takes for nothing of its own. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\|*<`[\]]/g, '\\$&').replace(/\s*[\r\n]+\s*/g, ' ');
}
