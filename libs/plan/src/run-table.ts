const BYTES = 32;
const EMPTY = -1;

/** The runs of a plan in few bytes each: the hash, and the point of the grid it was first met at. */
export class RunTable {
  #size = 0;
  #hashes = Buffer.alloc(1024 * BYTES);
  #points = new Uint32Array(1024);
  /** Open addressing by the first four bytes of the hash; twice as many slots as runs at least. */
  #slots = new Int32Array(2048).fill(EMPTY);
  /** Runs whose first eight hex digits another run has, and how many digits tell them apart. */
  readonly #longer = new Map<number, number>();

  get size(): number {
    return this.#size;
  }

  /** Enters a run unless its hash is known; returns whether it was new. */
  add(hash: string, point: number): boolean {
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    const at = this.#size;
    this.#hashes.write(hash, at * BYTES, BYTES, 'hex');
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

  #grow(): void {
    const hashes = Buffer.alloc(this.#hashes.length * 2);
    this.#hashes.copy(hashes);
    this.#hashes = hashes;
    const points = new Uint32Array(this.#points.length * 2);
    points.set(this.#points);
    this.#points = points;
    this.#slots = new Int32Array(this.#slots.length * 2).fill(EMPTY);
    for (let run = 0; run < this.#size; run++) {
      let slot = this.#slotOf(run);
      while (this.#slots[slot] !== EMPTY) slot = (slot + 1) % this.#slots.length;
      this.#slots[slot] = run;
    }
  }
}
