import { ByteText } from './byte-text.ts';
import type { LogDialect } from './dialect.ts';

const INTEGER = '(?:0|[1-9][0-9]{0,14})';
const LONGEST_HEADER = 128;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const COMMA = 0x2c;
const ZERO = 0x30;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const T = 0x74;

/**
 * Reads `{"mode":"train","epoch":3,"step":50,"attempt":1,…` off the bytes. Nearly all of a log is such lines, and
 * no reducer needs more of them than where the training stood. Of the lines of one epoch only the step differs, so the
 * text before and behind it is learnt from one line and compared with the next ones.
 */
export class TrainHeader {
  /** Of the lines that were passed last, and how many these were. */
  attempt = 0;
  epoch = 0;
  passed = 0;

  readonly #pattern: RegExp;
  readonly #oneAttempt: boolean;
  readonly #before = new ByteText();
  readonly #behind = new ByteText();

  constructor({ position }: LogDialect) {
    this.#oneAttempt = !position.some((field) => field === 'attempt');
    const fields = position.map(() => `(, ?"(${position.join('|')})": ?)(${INTEGER})`).join('');
    this.#pattern = new RegExp(`^[{]"mode": ?"train"${fields}[,}]`);
  }

  /**
   * Passes the whole lines from `start` on that are exactly that, of one attempt and epoch, and no longer than `longest`.
   *
   * @returns where the first other line starts: the caller parses it, or asks again for those of the next epoch
   */
  pass(bytes: Buffer, view: DataView, start: number, longest: number): number {
    this.passed = 0;
    const next = this.#passKnown(bytes, view, start, longest);
    return this.passed === 0 && this.#learn(bytes, view, start)
      ? this.#passKnown(bytes, view, start, longest)
      : next;
  }

  #passKnown(bytes: Buffer, view: DataView, from: number, longest: number): number {
    let start = from;
    for (;;) {
      const behind = this.#match(view, start);
      if (behind < 0) return start;
      const end = bytes.indexOf(NEWLINE, behind);
      if (end < 0 || end - start > longest || !isWholeObject(bytes, behind, end)) return start;
      this.passed += 1;
      start = end + 1;
    }
  }

  #learn(bytes: Buffer, view: DataView, start: number): boolean {
    const room = bytes.length - start;
    // With a space behind the colon or without; most other lines are evaluations.
    if (room < 12 || (bytes[start + 10] !== T && bytes[start + 9] !== T)) return false;
    const found = this.#pattern.exec(bytes.toString('latin1', start, start + Math.min(LONGEST_HEADER, room)));
    if (!found) return false;
    const header = found[0];
    let [attempt, epoch, before, behind, at] = [0, 0, 0, 0, header.length - 1];
    for (let group = found.length - 3; group > 0; group -= 3) {
      const [text, field, digits] = [found[group]!, found[group + 1], found[group + 2]!];
      if (field === 'epoch') epoch = Number(digits);
      else if (field === 'attempt') attempt = Number(digits);
      else [before, behind] = [at - digits.length, at];
      at -= text.length + digits.length;
    }
    // A log without attempts is one attempt. What is twice there leaves another one out.
    if (this.#oneAttempt) attempt = 1;
    if (attempt === 0 || epoch === 0 || behind === 0) return false;
    this.#before.learn(view, start, before);
    this.#behind.learn(view, start + behind, header.length - 1 - behind);
    this.attempt = attempt;
    this.epoch = epoch;
    return true;
  }

  /** Position behind the header that was learnt, -1 where another one stands. */
  #match(bytes: DataView, start: number): number {
    const before = this.#before;
    const behind = this.#behind;
    const size = bytes.byteLength;
    if (before.length === 0 || size - start < before.length + behind.length + 2) return -1;
    if (!before.isAt(bytes, start)) return -1;
    const first = start + before.length;
    let at = first;
    for (; at < size; at += 1) {
      const digit = bytes.getUint8(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
    }
    const digits = at - first;
    if (digits === 0 || digits > 15 || (digits > 1 && bytes.getUint8(first) === ZERO)) return -1;
    if (size - at <= behind.length || !behind.isAt(bytes, at)) return -1;
    at += behind.length;
    // What follows tells 12 from the torn start of 123, and from 1.5 and 1e3.
    const next = bytes.getUint8(at);
    return next === COMMA || next === CLOSE ? at : -1;
  }
}

/** Whether a line that begins well also ends as one flat object: no second line has run into it. */
function isWholeObject(bytes: Buffer, behindHeader: number, end: number): boolean {
  const last = bytes[end - 1] === RETURN ? end - 2 : end - 1;
  if (last < behindHeader || bytes[last] !== CLOSE) return false;
  const nested = bytes.indexOf(OPEN, behindHeader);
  return nested < 0 || nested > last;
}
