import type { Table, TableCell } from '../table/table.ts';
import { captionOf } from './caption.ts';
import { cellText, columnHeaders, rowHeader } from './cell-text.ts';
import { notesOf } from './notes.ts';

/** A floating table with booktabs rules; what is missing or running stands in comments under it. */
export function renderLatex(table: Table): string {
  const rows = table.rows.map(({ label }, index) =>
    row([escape(label), ...table.cells[index]!.map(latexCell)]),
  );
  const notes = notesOf(table).flatMap(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]);
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escape(`${table.experiment}: ${captionOf(table)}`)}}`,
    `  \\label{tab:${table.experiment.replace(/[^A-Za-z0-9]+/g, '-')}}`,
    `  \\begin{tabular}{l${'r'.repeat(table.columns.length)}}`,
    '    \\toprule',
    row([rowHeader(table), ...columnHeaders(table)].map(escape)),
    '    \\midrule',
    ...rows,
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
    ...notes.map((note) => `% ${note.replace(/[\r\n]+/g, ' ')}`),
    '',
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `    ${cells.join(' & ')} \\\\`;
}

function latexCell(cell: TableCell | null): string {
  const text = cellText(cell);
  if (text.kind === 'absent') return '--';
  if (text.kind === 'mark') return `\\textit{${escape(text.text)}}`;
  const number = text.std === null ? text.mean : `${text.mean} $\\pm$ ${text.std}`;
  return text.count === null ? number : `${number} (${text.count})`;
}

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  α: '$\\alpha$',
  '±': '$\\pm$',
  '–': '--',
  '…': '\\ldots{}',
};

function escape(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\~^<>|α±–…]|[&%$#_{}]/g, (character) => special[character] ?? `\\${character}`);
}
