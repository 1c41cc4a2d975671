import type { Table } from '../table/table.ts';
import { bodyOf } from './body.ts';
import type { RenderOptions } from './body.ts';
import { captionOf } from './caption.ts';
import { columnHeaders, rowHeader } from './cell-text.ts';
import type { CellText } from './cell-text.ts';
import type { Rank } from './ranks.ts';
import { notesOf } from './notes.ts';

/** A floating table with booktabs rules, the best of each column bold and the second underlined; what is missing or running stands in comments under it. */
export function renderLatex(table: Table, options?: RenderOptions): string {
  const rows = bodyOf(table, options).map(({ label, cells, ranks }) =>
    row([escape(label), ...cells.map((cell, column) => latexCell(cell, ranks[column]!))]),
  );
  const notes = notesOf(table).flatMap(({ title, lines }) => [title, ...lines.map((line) => `  ${line}`)]);
  return [
    '% \\usepackage{booktabs}',
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${escape(`${table.experiment}: ${captionOf(table, options)}`)}}`,
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

/** The end of the row above, or its rule, takes a bracket or an asterisk that follows for an option of its own. */
function row(cells: readonly string[]): string {
  const text = cells.join(' & ');
  return `    ${/^[[*]/.test(text) ? '{}' : ''}${text} \\\\`;
}

const dressed: Readonly<Record<Rank, (text: string) => string>> = {
  first: (text) => `\\textbf{${text}}`,
  second: (text) => `\\underline{${text}}`,
  none: (text) => text,
};

function latexCell(text: CellText, rank: Rank): string {
  if (text.kind === 'absent') return '--';
  if (text.kind === 'mark') return `\\textit{${escape(text.text)}}`;
  const mean = dressed[rank](text.mean);
  const number = text.std === null ? mean : `${mean} $\\pm$ ${text.std}`;
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
  '📖': '\\textsuperscript{o}',
  '±': '$\\pm$',
  '–': '--',
  '…': '\\ldots{}',
};

function escape(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/[\\~^<>|α±–…📖]|[&%$#_{}]/gu, (character) => special[character] ?? `\\${character}`);
}
