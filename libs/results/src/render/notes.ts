import type { TrialState } from '../run/state.ts';
import type { Table, TableCell, TableTrial } from '../table/table.ts';
import { progressOf } from './cell-text.ts';

/** Trials of one kind that have no number in the table. */
export interface Note {
  /** `2 of 6 trials missing:` */
  readonly title: string;
  /** A run each: `resnet18-cutmix-ep10-a1-3f9c2b7e: trial 1 (epoch 3 of 10), trial 2`. */
  readonly lines: readonly string[];
  /** Whether no start is to train them on. */
  readonly isIntended: boolean;
}

const RUNS_SHOWN = 20;
const order: readonly TrialState[] = [
  'planned',
  'running',
  'stale',
  'interrupted',
  'paused',
  'failed',
  'cancelled',
  'completed',
];

/** What the table lacks, by kind; at most 20 runs of each kind are named (all of them stand in the JSON). */
export function notesOf(table: Table): Note[] {
  const lacks = order.flatMap((state) => {
    const isOne = (trial: TableTrial) => trial.state === state && trial.leftOutAfter === undefined;
    return noteOf(table, isOne, titleOf(state, table.atEpoch), false);
  });
  const isLeftOut = ({ leftOutAfter }: TableTrial) => leftOutAfter !== undefined;
  return [...lacks, ...noteOf(table, isLeftOut, 'left out by the halving', true)];
}

function noteOf(
  table: Table,
  isOne: (trial: TableTrial) => boolean,
  title: string,
  isIntended: boolean,
): Note[] {
  const cells = table.cells.flat().filter((cell) => cell !== null);
  const total = cells.reduce((sum, { planned }) => sum + planned, 0);
  const without = (cell: TableCell) => cell.trials.filter((trial) => trial.value === null && isOne(trial));
  const concerned = cells.filter((cell) => without(cell).length > 0);
  if (concerned.length === 0) return [];
  const count = concerned.reduce((sum, cell) => sum + without(cell).length, 0);
  const lines = concerned
    .slice(0, RUNS_SHOWN)
    .map((cell) => `${cell.run}: ${without(cell).map(describe).join(', ')}`);
  const more = concerned.length - lines.length;
  if (more > 0) lines.push(`… and ${more} more runs (--format=json lists them)`);
  return [{ title: `${count} of ${total} trials ${title}:`, lines, isIntended }];
}

function titleOf(state: TrialState, atEpoch: number | null): string {
  if (state === 'planned') return 'missing';
  const word = state === 'stale' ? 'stale (the process is gone; the next start resumes them)' : state;
  if (atEpoch !== null) return `${word}, without a value at epoch ${atEpoch}`;
  return state === 'completed' ? 'completed without a value' : word;
}

function describe(trial: TableTrial): string {
  const error = trial.error?.split('\n', 1)[0]!.slice(0, 160);
  const detail = [progressOf(trial), error].filter(Boolean).join('; ');
  return detail ? `trial ${trial.trial} (${detail})` : `trial ${trial.trial}`;
}
