const INTEGER = '(?:0|[1-9][0-9]{0,14})';
const FIELD = '"(attempt|epoch|step)": ?';
/** The beginning of a training line, up to the last of its three numbers, which a comma or brace ends. */
const HEADER = new RegExp(
  `^([{]"mode": ?"train", ?${FIELD})${INTEGER}(, ?${FIELD})${INTEGER}(, ?${FIELD})${INTEGER}[,}]`,
);
const LONGEST_HEADER = 128;
const COMMA = 0x2c;
const ZERO = 0x30;
const CLOSE = 0x7d;

/**
 * Reads `{"mode":"train","epoch":3,"step":50,"attempt":1,…` off the bytes. Nearly all of a log is such lines, and
 * no reducer needs more of them than where the training stood. A writer keeps its order of keys and its spaces, so
 * the text between the numbers is learnt from one line and compared with the next ones.
 */
export class TrainHeader {
  attempt = 0;
  epoch = 0;

  readonly #between: Uint8Array[] = [];
  readonly #numbers = [0, 0, 0];
  #attemptAt = 0;
  #epochAt = 0;

  /** Position behind the header, or -1 for anything that is not exactly that: the caller then parses the line. */
  match(bytes: Buffer, start: number): number {
    let end = this.#compare(bytes, start);
    if (end < 0 && this.#learn(bytes, start)) end = this.#compare(bytes, start);
    if (end < 0) return -1;
    this.attempt = this.#numbers[this.#attemptAt]!;
    this.epoch = this.#numbers[this.#epochAt]!;
    return this.attempt > 0 && this.epoch > 0 ? end : -1;
  }

  #learn(bytes: Buffer, start: number): boolean {
    const found = HEADER.exec(bytes.toString('latin1', start, start + LONGEST_HEADER));
    if (!found) return false;
    const keys = [found[2], found[4], found[6]];
    if (new Set(keys).size < keys.length) return false;
    this.#between.splice(0, Infinity, ...[found[1], found[3], found[5]].map((text) => Buffer.from(text!)));
    this.#attemptAt = keys.indexOf('attempt');
    this.#epochAt = keys.indexOf('epoch');
    return true;
  }

  #compare(bytes: Buffer, start: number): number {
    const between = this.#between;
    if (between.length === 0) return -1;
    let at = start;
    for (let part = 0; part < 3; part += 1) {
      const text = between[part]!;
      for (let i = 0; i < text.length; i += 1, at += 1) if (bytes[at] !== text[i]) return -1;
      const first = at;
      let value = 0;
      for (; ; at += 1) {
        const digit = bytes[at]! - ZERO;
        if (!(digit >= 0 && digit <= 9)) break;
        value = value * 10 + digit;
      }
      const digits = at - first;
      if (digits === 0 || digits > 15 || (digits > 1 && bytes[first] === ZERO)) return -1;
      this.#numbers[part] = value;
    }
    // What follows tells 12 from the torn start of 123, and from 1.5 and 1e3.
    return bytes[at] === COMMA || bytes[at] === CLOSE ? at : -1;
  }
}
