import { JoinedBytes } from '@mixlab/contracts';
import type { JsonObject, JsonValue } from '@mixlab/contracts';

const OPEN = 0x7b;
const CLOSE = Buffer.from('\n}\n');
const EMPTY = Buffer.from('{}\n');

/**
 * `JSON.stringify(config, null, 2)` and a newline as UTF-8. The run configs of a plan share most of their fields: what a
 * config has in common with the one before it is not printed again, nor is a frozen field that came by earlier.
 */
export class IndentedJson {
  readonly #json = new JoinedBytes();
  /** The fields that were printed last, in order; the value undefined where it may have changed inside. */
  readonly #keys: string[] = [];
  readonly #values: (JsonValue | undefined)[] = [];
  /** By key, the bytes of a frozen field, which an object may be in two of. */
  readonly #known = new Map<string, WeakMap<object, Uint8Array>>();

  /** The bytes are good until the next call. */
  print(config: JsonObject): Buffer {
    let place = 0;
    for (const key in config) {
      const value = config[key];
      if (value === undefined) continue;
      if (value !== this.#values[place] || key !== this.#keys[place]) {
        this.#json.set(place, this.#field(key, value));
        this.#keys[place] = key;
        this.#values[place] = isConstant(value) ? value : undefined;
      }
      place += 1;
    }
    if (place === 0) return EMPTY;
    this.#json.set(place, CLOSE);
    // What lies there now is no field.
    this.#values[place] = undefined;
    const bytes = this.#json.join(place + 1);
    bytes[0] = OPEN;
    return bytes;
  }

  #field(key: string, value: JsonValue): Uint8Array {
    if (typeof value !== 'object' || value === null || !isConstant(value)) return printField(key, value);
    let ofKey = this.#known.get(key);
    if (!ofKey) this.#known.set(key, (ofKey = new WeakMap()));
    let bytes = ofKey.get(value);
    if (!bytes) ofKey.set(value, (bytes = printField(key, value)));
    return bytes;
  }
}

/** Whether a value that is the same is still the same inside. What is frozen in a run config is frozen throughout. */
function isConstant(value: JsonValue): boolean {
  return typeof value !== 'object' || Object.isFrozen(value);
}

/** `,` and a field. Newlines in strings are escaped: all that there are indent. */
function printField(key: string, value: JsonValue): Uint8Array {
  const text = JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
  return Buffer.from(`,\n  ${JSON.stringify(key)}: ${text}`);
}
