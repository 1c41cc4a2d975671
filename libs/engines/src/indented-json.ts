import type { JsonObject, JsonValue } from '@mixlab/contracts';

const FIRST_SIZE = 1 << 14;

/**
 * `JSON.stringify(config, null, 2)` and a newline as UTF-8. The run configs of a plan share most of their fields: what a
 * config has in common with the one before it stays as it lies, and a frozen field that came by before is copied.
 */
export class IndentedJson {
  #buffer = Buffer.allocUnsafe(FIRST_SIZE);
  /** Fields that lie in the buffer, in order: the first `#count` of each list. */
  #count = 0;
  readonly #keys: string[] = [];
  readonly #values: (JsonValue | undefined)[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  /** By key, the bytes of a frozen field, which an object may be in two of. */
  readonly #known = new Map<string, WeakMap<object, Buffer>>();

  /** The bytes are good until the next call. */
  print(config: JsonObject): Buffer {
    const before = this.#count;
    // Should a value refuse to be printed, nothing in the buffer counts.
    this.#count = 0;
    let count = 0;
    let end = 0;
    for (const key of Object.keys(config)) {
      const value = config[key];
      if (value === undefined) continue;
      const lies =
        count < before &&
        this.#starts[count] === end &&
        this.#values[count] === value &&
        this.#keys[count] === key &&
        isConstant(value);
      if (!lies) {
        this.#keys[count] = key;
        this.#values[count] = value;
        this.#starts[count] = end;
        this.#ends[count] = this.#put(this.#fieldBytes(key, value, count === 0), end);
      }
      end = this.#ends[count] as number;
      count += 1;
    }
    this.#count = count;
    return this.#buffer.subarray(0, this.#put(count === 0 ? EMPTY : CLOSE, end));
  }

  #put(bytes: Buffer, at: number): number {
    const end = at + bytes.length;
    if (end > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(2 * end);
      larger.set(this.#buffer.subarray(0, at));
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, at);
    return end;
  }

  #fieldBytes(key: string, value: JsonValue, isFirst: boolean): Buffer {
    if (isFirst || typeof value !== 'object' || value === null || !isConstant(value)) {
      return printField(key, value, isFirst);
    }
    let ofKey = this.#known.get(key);
    if (!ofKey) this.#known.set(key, (ofKey = new WeakMap()));
    let bytes = ofKey.get(value);
    if (!bytes) ofKey.set(value, (bytes = printField(key, value, false)));
    return bytes;
  }
}

const EMPTY = Buffer.from('{}\n');
const CLOSE = Buffer.from('\n}\n');

/** Whether a value that is the same is still the same inside. What is frozen in a run config is frozen throughout. */
function isConstant(value: JsonValue): boolean {
  return typeof value !== 'object' || Object.isFrozen(value);
}

/** A field with what stands before it. Newlines in strings are escaped: all that there are indent. */
function printField(key: string, value: JsonValue, isFirst: boolean): Buffer {
  const text = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  return Buffer.from(`${isFirst ? '{' : ','}\n  ${JSON.stringify(key)}: ${text}`);
}
