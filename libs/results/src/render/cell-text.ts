import { decimalsOf } from '../reduce/reduce-curve.ts';
import type { TrialState } from '../run/state.ts';
import type { Table, TableCell, TableTrial } from '../table/table.ts';

/** What stands in a cell, for a renderer to dress. */
export type CellText =
  | { readonly kind: 'absent' }
  | { readonly kind: 'mark'; readonly text: string }
  | {
      readonly kind: 'number';
      readonly mean: string;
      readonly std: string | null;
      /** `n=1 of 2`, where not every planned trial counts. */
      readonly count: string | null;
    };

/** What a cell without a number says first, where its trials stand differently. */
const loudest: readonly TrialState[] = [
  'running',
  'stale',
  'interrupted',
  'paused',
  'failed',
  'cancelled',
  'completed',
  'planned',
];

/** Accuracies are in per cent and shown with 2 decimals, errors with 4. */
export function cellText(cell: TableCell | null): CellText {
  if (!cell) return { kind: 'absent' };
  const { mean, std, n, planned, report, trials } = cell;
  if (mean === null) return { kind: 'mark', text: markOf(trials) };
  const decimals = decimalsOf(report.metric);
  return {
    kind: 'number',
    mean: mean.toFixed(decimals),
    std: std === null ? null : std.toFixed(decimals),
    count: n === planned ? null : `n=${n} of ${planned}`,
  };
}

/** The cell in one line of plain text; `–` where the plan has no such run. */
export function plainCell(cell: TableCell | null): string {
  return plainText(cellText(cell));
}

export function plainText(text: CellText): string {
  if (text.kind === 'absent') return '–';
  if (text.kind === 'mark') return text.text;
  const number = text.std === null ? text.mean : `${text.mean} ± ${text.std}`;
  return text.count === null ? number : `${number} (${text.count})`;
}

export function stateWord(state: TrialState): string {
  if (state === 'planned') return 'missing';
  return state === 'completed' ? 'no value' : state;
}

/** `epoch 3 of 10`; undefined before the first epoch. */
export function progressOf({ epoch, maxEpochs }: TableTrial): string | undefined {
  if (epoch === 0) return undefined;
  return maxEpochs === null ? `epoch ${epoch}` : `epoch ${epoch} of ${maxEpochs}`;
}

function markOf(trials: TableCell['trials']): string {
  const state = loudest.find((each) => trials.some((trial) => trial.state === each)) ?? 'planned';
  const there = trials.filter((trial) => trial.state === state);
  const furthest = there.reduce((best, trial) => (trial.epoch > best.epoch ? trial : best), there[0]!);
  const [first] = there;
  if (first?.leftOutAfter !== undefined) return `left out after epoch ${first.leftOutAfter}`;
  const progress = (state === 'running' || state === 'paused') && progressOf(furthest);
  return progress ? `${stateWord(state)}, ${progress}` : stateWord(state);
}

/** What the rows are called. */
export function rowHeader({ rowAxis }: Table): string {
  return rowAxis === 'mixMode' ? 'method' : rowAxis;
}

/** Column headers; a table of one unnamed column names what it holds. */
export function columnHeaders({ columns, cells }: Table): string[] {
  const metric = cells.flat().find((cell) => cell !== null)?.report.metric ?? '';
  return columns.map(({ label }) => label || metric);
}
