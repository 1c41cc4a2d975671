import type { Table } from '../table/table.ts';
import { cellText } from './cell-text.ts';
import type { CellText } from './cell-text.ts';
import { ranksOf } from './ranks.ts';
import type { Rank } from './ranks.ts';

export interface RenderOptions {
  /** A row of what is published under each row that has any of it. CSV and JSON hold it in any case. */
  readonly published?: boolean;
}

/** A row as a person reads it. */
export interface BodyRow {
  readonly label: string;
  readonly cells: readonly CellText[];
  /** Of each cell; what is published has none. */
  readonly ranks: readonly Rank[];
}

export function bodyOf(table: Table, { published = false }: RenderOptions = {}): BodyRow[] {
  const ranks = ranksOf(table);
  return table.rows.flatMap(({ label }, row) => {
    const cells = table.cells[row]!;
    const ours = { label, cells: cells.map(cellText), ranks: ranks[row]! };
    const figures = cells.map((cell) => cell?.published ?? null);
    if (!published || figures.every((figure) => figure === null)) return [ours];
    const theirs = figures.map((figure): CellText => {
      return figure === null
        ? { kind: 'absent' }
        : { kind: 'number', mean: figure.toFixed(2), std: null, count: null };
    });
    return [ours, { label: `${label}, published`, cells: theirs, ranks: theirs.map(() => 'none') }];
  });
}
