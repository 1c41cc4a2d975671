import { Troubles } from './account.ts';
import type { LogAccount, LogTrouble, LogWarning } from './account.ts';
import { Attempts } from './attempts.ts';
import { mixlabLog, openmixupLog } from './dialect.ts';
import type { LogDialect } from './dialect.ts';
import { parseLine } from './log-line.ts';
import type { EnvironmentLine, Measurement } from './log-line.ts';
import { TrainHeader } from './train-header.ts';

/** What a log says. */
export interface Log {
  /** By epoch and step, of the weights that the run has now. */
  readonly evaluations: readonly Measurement[];
  /** Every whole evaluation line as it stands in the file, replaced and lost ones, too. */
  readonly written: readonly Measurement[];
  /** The newest attempt that has logged an epoch, 0 for none. */
  readonly attempt: number;
  /** How many images the statistics of batch norm were of, each number once, as attempts came; empty without. */
  readonly batchNormImages: readonly number[];
  /** OpenMixup's: the epoch that the first line goes on after; null for a fresh training. */
  readonly resumedAfter: number | null;
  readonly account: LogAccount;
  readonly warnings: readonly LogWarning[];
}

/** Longest line that is read; a line of the trainer has a few hundred bytes. */
export const MAX_LINE_BYTES = 1 << 20;

const NEWLINE = 0x0a;
const BOM = '\ufeff';

/** One for all logs of a dialect: what it learnt from a line holds in any of them, and to make one takes longer than most logs. */
const headers = { mixlab: new TrainHeader(mixlabLog), openmixup: new TrainHeader(openmixupLog) };

const noCounts = {
  bytes: 0,
  lines: 0,
  blank: 0,
  env: 0,
  train: 0,
  val: 0,
  other: 0,
  malformed: 0,
  invalid: 0,
  oversized: 0,
  repeated: 0,
};

/**
 * Reads a log in pieces, as they come: the pieces may be cut anywhere. Keeps the evaluations alone, so its memory does
 * not grow with the training lines. Pure: `LogReader` is who follows a file.
 */
export class LogParser {
  readonly #counts = { ...noCounts };
  readonly #troubles = new Troubles();
  readonly #attempts = new Attempts();
  readonly #dialect: LogDialect;
  readonly #header: TrainHeader;
  readonly #batchNormImages = new Set<number>();
  readonly #written: Measurement[] = [];
  #resumedAfter: number | null = null;
  /** The line that the last piece ended in. */
  #tail: Buffer = Buffer.alloc(0);
  /** Inside a line that is longer than anybody wants to hold. */
  #skipping = false;
  /** `finish` has read a last line that had no newline yet. */
  #ahead = false;

  constructor(dialect: LogDialect = mixlabLog) {
    this.#dialect = dialect;
    this.#header = headers[dialect.name];
  }

  /** False where the line that `finish` took for whole goes on: only another parser can tell what that line is. */
  push(piece: Buffer): boolean {
    if (piece.length === 0) return true;
    if (this.#ahead && piece[0] !== NEWLINE) return false;
    this.#counts.bytes += piece.length;
    const start = this.#ahead ? 1 : this.#finishTail(piece);
    this.#ahead = false;
    if (start < 0) return true;
    const rest = this.#wholeLines(piece, start);
    if (piece.length - rest > MAX_LINE_BYTES) this.#skipping = true;
    // Copied: the caller reads the next piece into the same memory.
    else this.#tail = Buffer.from(piece.subarray(rest));
    return true;
  }

  /** What has come so far; half a line at the end is left for the next piece, and counted as unfinished. */
  snapshot(): Log {
    const { evaluations, superseded } = this.#attempts.merge();
    const unfinished = this.#skipping || this.#tail.length > 0 ? 1 : 0;
    const used = evaluations.length;
    const account = { ...this.#counts, lines: this.#counts.lines + unfinished, unfinished, used, superseded };
    return {
      evaluations,
      written: [...this.#written],
      attempt: this.#attempts.newest,
      batchNormImages: [...this.#batchNormImages],
      resumedAfter: this.#resumedAfter,
      account,
      warnings: this.#troubles.list(),
    };
  }

  /** The log as it is now: a last line without its newline counts if it is whole. More may be pushed. */
  finish(): Log {
    const tail = this.#tail;
    if (tail.length > 0 && parseLine(tail.toString('utf8'), this.#dialect).kind !== 'malformed') {
      this.#tail = Buffer.alloc(0);
      this.#readLine(tail, 0, tail.length);
      this.#ahead = true;
    }
    const log = this.snapshot();
    if (log.account.unfinished === 0) return log;
    const cut: LogWarning = { code: 'unfinished', count: 1, lines: [log.account.lines] };
    return { ...log, warnings: [...log.warnings, cut] };
  }

  /** Ends the line that the last piece began; where the rest of the piece starts, -1 for nowhere. */
  #finishTail(piece: Buffer): number {
    if (!this.#skipping && this.#tail.length === 0) return 0;
    const end = piece.indexOf(NEWLINE);
    const length = this.#tail.length + (end < 0 ? piece.length : end);
    if (this.#skipping || length > MAX_LINE_BYTES) {
      this.#tail = Buffer.alloc(0);
      this.#skipping = end < 0;
      if (end >= 0) this.#drop();
    } else {
      this.#tail = Buffer.concat([this.#tail, end < 0 ? piece : piece.subarray(0, end + 1)]);
      if (end >= 0) {
        this.#wholeLines(this.#tail, 0);
        this.#tail = Buffer.alloc(0);
      }
    }
    return end < 0 ? -1 : end + 1;
  }

  /** Reads every line that ends in the piece; returns where the last, open one starts. */
  #wholeLines(piece: Buffer, from: number): number {
    const header = this.#header;
    const view = viewOf(piece);
    let start = from;
    for (;;) {
      start = header.pass(piece, view, start, MAX_LINE_BYTES);
      if (header.passed > 0) {
        this.#counts.train += header.passed;
        // What the first of them says of attempt and epoch, the others say again.
        this.#counts.lines += 1;
        this.#reach(header.attempt, header.epoch);
        this.#counts.lines += header.passed - 1;
        continue;
      }
      const end = piece.indexOf(NEWLINE, start);
      if (end < 0) return start;
      if (end - start > MAX_LINE_BYTES) this.#drop();
      else this.#readLine(piece, start, end);
      start = end + 1;
    }
  }

  #drop(): void {
    this.#counts.lines += 1;
    this.#counts.oversized += 1;
    this.#troubles.add('oversized', this.#counts.lines);
  }

  #readLine(bytes: Buffer, start: number, end: number): void {
    const { lines } = this.#counts;
    const text = bytes.toString('utf8', start, end);
    const line = parseLine(lines === 0 && text.startsWith(BOM) ? text.slice(1) : text, this.#dialect);
    this.#counts.lines += 1;
    this.#counts[line.kind] += 1;
    if (line.kind === 'malformed' || line.kind === 'invalid') this.#warn(line.kind);
    if ('joined' in line && line.joined) this.#warn('joined');
    if (line.kind === 'env') this.#begin(line.environment);
    if (line.kind === 'train' || line.kind === 'val')
      this.#reach(line.measurement.attempt, line.measurement.epoch);
    if (line.kind === 'val') this.#evaluate(line.measurement);
  }

  #begin({ attempt, batchNormImages, resumedAfter }: EnvironmentLine): void {
    this.#attempts.begin(attempt);
    this.#resumedAfter ??= resumedAfter;
    if (batchNormImages !== null) this.#batchNormImages.add(batchNormImages);
  }

  #reach(attempt: number, epoch: number): void {
    if (!this.#attempts.reach(attempt, epoch)) this.#warn('wentBack');
  }

  #evaluate(evaluation: Measurement): void {
    this.#written.push(evaluation);
    const added = this.#attempts.evaluate(evaluation);
    if (added !== 'new') this.#counts.repeated += 1;
    if (added === 'contradicting') this.#warn('contradicting');
  }

  #warn(code: LogTrouble): void {
    this.#troubles.add(code, this.#counts.lines);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
