/** Kinds of trouble in a log, each with what was done about it. */
export const logTroubles = {
  malformed: 'not JSON, left out',
  invalid: 'JSON without a valid mode, attempt or epoch, left out',
  oversized: 'too long, left out',
  joined: 'behind the torn end of another line; the whole part is used',
  contradicting: 'another evaluation of the same attempt, epoch and step; the later one is used',
  wentBack: 'an epoch before the one that the same attempt had reached; the later lines are used',
  unfinished: 'cut off at the end of the file, left out',
} as const;

export type LogTrouble = keyof typeof logTroubles;

export interface LogWarning {
  readonly code: LogTrouble;
  readonly count: number;
  /** Numbers of the first few such lines, from 1. */
  readonly lines: readonly number[];
}

/**
 * Where every line of a log went:
 * `lines = blank + env + train + val + other + malformed + invalid + oversized + unfinished` and
 * `val = used + repeated + superseded`.
 */
export interface LogAccount {
  readonly bytes: number;
  readonly lines: number;
  readonly blank: number;
  readonly env: number;
  /** Counted, not parsed, where their beginning is sound. */
  readonly train: number;
  readonly val: number;
  /** Whole lines of other modes. */
  readonly other: number;
  readonly malformed: number;
  readonly invalid: number;
  readonly oversized: number;
  /** 1 where the file ends in half a line. */
  readonly unfinished: number;
  /** Evaluations that stand in the log's curve. */
  readonly used: number;
  /** Evaluations that a later line of the same attempt, epoch and step replaced. */
  readonly repeated: number;
  /** Evaluations of weights that a later attempt did not build on. */
  readonly superseded: number;
}

const NUMBERS_SHOWN = 5;

/** Gathers warnings of one kind into one, however many lines they concern. */
export class Troubles {
  readonly #found = new Map<LogTrouble, { count: number; lines: number[] }>();

  add(code: LogTrouble, line: number): void {
    const entry = this.#found.get(code) ?? { count: 0, lines: [] };
    entry.count += 1;
    if (entry.lines.length < NUMBERS_SHOWN) entry.lines.push(line);
    this.#found.set(code, entry);
  }

  list(): LogWarning[] {
    return [...this.#found].map(([code, { count, lines }]) => ({ code, count, lines: [...lines] }));
  }
}

/** `log.jsonl: 2 lines not JSON, left out (lines 4, 9)`. */
export function formatLogWarning({ code, count, lines }: LogWarning, file = 'log.jsonl'): string {
  const numbers = `${lines.join(', ')}${count > lines.length ? ', …' : ''}`;
  const plural = count === 1 ? 'line' : 'lines';
  return `${file}: ${count} ${plural} ${logTroubles[code]} (${plural} ${numbers})`;
}
