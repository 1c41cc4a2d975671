const BYTES = 32;
const EMPTY = -1;

/** The runs of a plan in few bytes each: the hash, and the point of the grid it was first met at. */
export class RunTable {
  #size = 0;
  readonly #hashes: Buffer;
  readonly #points: Uint32Array;
  /** Open addressing by the first four bytes of the hash; twice as many slots as runs at least. */
  readonly #slots: Int32Array;
  /** Runs whose first eight hex digits another run has, and how many digits tell them apart. */
  readonly #longer = new Map<number, number>();

  /** @param capacity most runs that will be added */
  constructor(capacity: number) {
    // One run more: a run that turns out to be known is written before it is compared.
    this.#hashes = Buffer.alloc((capacity + 1) * BYTES);
    this.#points = new Uint32Array(capacity);
    this.#slots = new Int32Array(2 * capacity + 1).fill(EMPTY);
  }

  get size(): number {
    return this.#size;
  }

  /** Enters a run unless its hash is known; returns whether it was new. */
  add(hash: string, point: number): boolean {
    const at = this.#size;
    this.#hashes.write(hash, at * BYTES, 'hex');
    let slot = this.#slotOf(at);
    const alike: (readonly [run: number, digits: number])[] = [];
    for (let other = this.#slots[slot] as number; other !== EMPTY; other = this.#slots[slot] as number) {
      const shared = this.#sharedDigits(at, other);
      if (shared === BYTES * 2) return false;
      if (shared >= 8) alike.push([other, shared + 1]);
      slot = (slot + 1) % this.#slots.length;
    }
    this.#slots[slot] = at;
    for (const [other, digits] of alike) this.#setApart(at, other, digits);
    this.#points[at] = point;
    this.#size += 1;
    return true;
  }

  hash(run: number): string {
    return this.#hashes.toString('hex', run * BYTES, (run + 1) * BYTES);
  }

  point(run: number): number {
    return this.#points[run] as number;
  }

  /** How many hex digits of the hash tell a run from all others: eight, rarely more. */
  digits(run: number): number {
    return this.#longer.get(run) ?? 8;
  }

  #setApart(one: number, other: number, digits: number): void {
    for (const run of [one, other]) this.#longer.set(run, Math.max(digits, this.digits(run)));
  }

  #slotOf(run: number): number {
    return this.#hashes.readUInt32BE(run * BYTES) % this.#slots.length;
  }

  #sharedDigits(one: number, other: number): number {
    for (let byte = 0; byte < BYTES; byte++) {
      const difference =
        (this.#hashes[one * BYTES + byte] as number) ^ (this.#hashes[other * BYTES + byte] as number);
      if (difference !== 0) return byte * 2 + (difference < 16 ? 1 : 0);
    }
    return BYTES * 2;
  }
}
