import type { SourceLocation } from '@mixlab/contracts';

/** A line of a file that was rewritten, or that was added to it. */
export interface ChangedLine {
  readonly line: number;
  /** Null where the line is added. */
  readonly was: string | null;
  readonly is: string;
}

/** Edits keep all lines and add some: a line that is another is changed, unless the former one follows. */
export function changedLines(before: string, after: string): ChangedLine[] {
  const was = before.split('\n');
  const is = after.split('\n');
  const changes: ChangedLine[] = [];
  let added = 0;
  for (const [index, line] of is.entries()) {
    const former = was[index - added];
    if (line === former) continue;
    const left = is.length - was.length - added;
    const isAdded =
      left > 0 && (former === undefined || is.slice(index + 1, index + 1 + left).includes(former));
    changes.push({ line: index + 1, was: isAdded ? null : (former ?? null), is: line });
    if (isAdded) added += 1;
  }
  return changes;
}

/** Where a place of a rewritten file was before. */
export function placeBefore(at: SourceLocation, before: string, after: string): SourceLocation {
  const changes = changedLines(before, after);
  const added = changes.filter(({ line, was }) => was === null && line < at.line).length;
  const former = changes.find(({ line, was }) => line === at.line && was !== null);
  return { ...at, line: at.line - added, column: former ? columnBefore(at.column, former) : at.column };
}

/** The column in a line as it was, of one after or before all that has changed in it. */
function columnBefore(column: number, { was, is }: ChangedLine): number {
  const rest = is.slice(column - 1);
  if (was?.endsWith(rest)) return was.length - rest.length + 1;
  return column;
}
