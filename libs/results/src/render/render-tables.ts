import { TABLE_SCHEMA_VERSION } from '../table/table.ts';
import type { Table } from '../table/table.ts';
import type { RenderOptions } from './body.ts';
import { renderCsv } from './csv.ts';
import { renderLatex } from './latex.ts';
import { renderMarkdown } from './markdown.ts';
import { renderTerminal } from './terminal.ts';

export const tableFormats = ['terminal', 'md', 'latex', 'csv', 'json'] as const;
export type TableFormat = (typeof tableFormats)[number];

/**
 * One text for all tables. `csv` and `json` have every number in full, `json` as `tablesSchema` describes it; the
 * others round for the eye and list what is missing or running under each table.
 */
export function renderTables(tables: readonly Table[], format: TableFormat, options?: RenderOptions): string {
  switch (format) {
    case 'terminal':
      return tables.map((table) => renderTerminal(table, options)).join('\n');
    case 'md':
      return tables.map((table) => renderMarkdown(table, options)).join('\n');
    case 'latex':
      return tables.map((table) => renderLatex(table, options)).join('\n');
    case 'csv':
      return renderCsv(tables);
    case 'json':
      return `${JSON.stringify({ schemaVersion: TABLE_SCHEMA_VERSION, tables }, null, 2)}\n`;
  }
}
