import { ByteText } from './byte-text.ts';
import type { LogDialect } from './dialect.ts';

const INTEGER = '(?:0|[1-9][0-9]{0,14})';
const LONGEST_HEADER = 128;
const COMMA = 0x2c;
const ZERO = 0x30;
const CLOSE = 0x7d;
const T = 0x74;

/**
 * Reads `{"mode":"train","epoch":3,"step":50,"attempt":1,…` off the bytes. Nearly all of a log is such lines, and
 * no reducer needs more of them than where the training stood. Of the lines of one epoch only the step differs, so the
 * text before and behind it is learnt from one line and compared with the next ones.
 */
export class TrainHeader {
  attempt = 0;
  epoch = 0;

  readonly #pattern: RegExp;
  readonly #oneAttempt: boolean;
  readonly #before = new ByteText();
  readonly #behind = new ByteText();

  constructor({ position }: LogDialect) {
    this.#oneAttempt = !position.some((field) => field === 'attempt');
    const fields = position.map(() => `(, ?"(${position.join('|')})": ?)(${INTEGER})`).join('');
    this.#pattern = new RegExp(`^[{]"mode": ?"train"${fields}[,}]`);
  }

  /** Position behind the header, or -1 for anything that is not exactly that: the caller then parses the line. */
  match(bytes: DataView, start: number, end: number): number {
    const behind = this.#compare(bytes, start, end);
    return behind < 0 && this.#learn(bytes, start, end) ? this.#compare(bytes, start, end) : behind;
  }

  #learn(bytes: DataView, start: number, end: number): boolean {
    // With a space behind the colon or without; most other lines are evaluations.
    if (end - start < 12 || (bytes.getUint8(start + 10) !== T && bytes.getUint8(start + 9) !== T))
      return false;
    const length = Math.min(LONGEST_HEADER, end - start);
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, length).toString('latin1');
    const found = this.#pattern.exec(text);
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
    this.#before.learn(bytes, start, before);
    this.#behind.learn(bytes, start + behind, header.length - 1 - behind);
    this.attempt = attempt;
    this.epoch = epoch;
    return true;
  }

  #compare(bytes: DataView, start: number, end: number): number {
    const before = this.#before;
    const behind = this.#behind;
    if (before.length === 0 || end - start < before.length + behind.length + 2) return -1;
    if (!before.isAt(bytes, start)) return -1;
    const first = start + before.length;
    let at = first;
    for (; at < end; at += 1) {
      const digit = bytes.getUint8(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
    }
    const digits = at - first;
    if (digits === 0 || digits > 15 || (digits > 1 && bytes.getUint8(first) === ZERO)) return -1;
    if (end - at <= behind.length || !behind.isAt(bytes, at)) return -1;
    at += behind.length;
    // What follows tells 12 from the torn start of 123, and from 1.5 and 1e3.
    const next = bytes.getUint8(at);
    return next === COMMA || next === CLOSE ? at : -1;
  }
}
