import { hash } from 'node:crypto';

const FIRST_SIZE = 1 << 12;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const COMMA = 0x2c;

/** SHA-256 of objects of canonical JSON that are put together from their fields, in memory that is used again. */
export class IdentityHash {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  #length = 0;

  start(): void {
    this.#length = 0;
  }

  /** @param bytes `"name":value`; of an empty one nothing stays, not even its comma */
  add(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    // One byte before it, one after the last.
    const end = this.#length + 1 + bytes.length;
    if (end >= this.#buffer.length) this.#grow(2 * end);
    this.#buffer[this.#length] = this.#length === 0 ? OPEN : COMMA;
    this.#buffer.set(bytes, this.#length + 1);
    this.#length = end;
  }

  /** 64 hex digits. */
  finish(): string {
    if (this.#length === 0) return hash('sha256', '{}', 'hex');
    this.#buffer[this.#length] = CLOSE;
    return hash('sha256', this.#buffer.subarray(0, this.#length + 1), 'hex');
  }

  #grow(size: number): void {
    const larger = Buffer.allocUnsafe(size);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
