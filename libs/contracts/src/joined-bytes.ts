const FIRST_SIZE = 1 << 13;

/**
 * Bytes put together from parts, in memory that is used again: what comes before the first part that is another than last
 * time stays as it lies.
 */
export class JoinedBytes {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  readonly #parts: Uint8Array[] = [];
  readonly #ends: number[] = [];
  /** How many parts, from the first on, lie in the buffer. */
  #laid = 0;

  set(place: number, part: Uint8Array): void {
    this.#parts[place] = part;
    if (place < this.#laid) this.#laid = place;
  }

  /** The first `count` parts, one after the other. The bytes are good until the next call. */
  join(count: number): Buffer {
    let end = this.#laid === 0 ? 0 : (this.#ends[this.#laid - 1] as number);
    for (let place = this.#laid; place < count; place++) {
      const part = this.#parts[place] as Uint8Array;
      const start = end;
      end += part.length;
      if (end > this.#buffer.length) this.#grow(2 * end);
      this.#buffer.set(part, start);
      this.#ends[place] = end;
    }
    this.#laid = count;
    return this.#buffer.subarray(0, end);
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(size);
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}
