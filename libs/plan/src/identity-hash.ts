import { hash } from 'node:crypto';
import { JoinedBytes } from '@mixlab/contracts';

const OPEN = 0x7b;
const CLOSE = Buffer.from('}');

/** SHA-256 of objects of canonical JSON that are put together from their fields, one object after the other. */
export class IdentityHash {
  readonly #json = new JoinedBytes();
  /** For each field, its place in the order of canonical JSON. */
  readonly #places: readonly number[];

  constructor(names: readonly string[]) {
    const order = names.toSorted((a, b) => (a < b ? -1 : 1));
    this.#places = names.map((name) => order.indexOf(name));
    this.#json.set(names.length, CLOSE);
  }

  /** @param bytes `,"name":value`, or nothing */
  set(field: number, bytes: Uint8Array): void {
    this.#json.set(this.#places[field] as number, bytes);
  }

  /** 64 hex digits; every field has been set. */
  digest(): string {
    const json = this.#json.join(this.#places.length + 1);
    if (json.length === CLOSE.length) return hash('sha256', '{}', 'hex');
    json[0] = OPEN;
    return hash('sha256', json, 'hex');
  }
}
