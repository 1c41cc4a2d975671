import { JoinedBytes } from '@mixlab/contracts';
import type { JsonObject, JsonValue } from '@mixlab/contracts';

const OPEN = 0x7b;

/** Prints a field, `"key": value`, its lines below the first indented by `indent` and more. */
export type FieldText = (field: string, value: JsonValue, indent: string) => string;

/**
 * `JSON.stringify(config, null, indent)` and an end, such as a newline, as UTF-8. The run configs of a plan share most of their fields: what a
 * config has in common with the one before it is not printed again, nor is a frozen field that came by earlier.
 */
export class IndentedJson {
  readonly #indent: string;
  readonly #text: FieldText;
  readonly #close: Buffer;
  readonly #empty: Buffer;
  readonly #json = new JoinedBytes();
  /** The fields that were printed last, in order; the value undefined where it may have changed inside. */
  readonly #keys: string[] = [];
  readonly #values: (JsonValue | undefined)[] = [];
  /** By key, the bytes of a frozen field, which an object may be in two of. */
  readonly #known = new Map<string, WeakMap<object, Uint8Array>>();

  constructor(indent: number, end: string, text: FieldText = asJavaScript) {
    this.#text = text;
    this.#indent = ' '.repeat(indent);
    this.#close = Buffer.from(`\n}${end}`);
    this.#empty = Buffer.from(`{}${end}`);
  }

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
    if (place === 0) return this.#empty;
    this.#json.set(place, this.#close);
    // What lies there now is no field.
    this.#values[place] = undefined;
    const bytes = this.#json.join(place + 1);
    bytes[0] = OPEN;
    return bytes;
  }

  #field(key: string, value: JsonValue): Uint8Array {
    if (typeof value !== 'object' || value === null || !isConstant(value)) return this.#print(key, value);
    let ofKey = this.#known.get(key);
    if (!ofKey) this.#known.set(key, (ofKey = new WeakMap()));
    let bytes = ofKey.get(value);
    if (!bytes) ofKey.set(value, (bytes = this.#print(key, value)));
    return bytes;
  }

  /** `,` and a field. */
  #print(key: string, value: JsonValue): Uint8Array {
    const text = this.#text(key, value, this.#indent);
    return Buffer.from(`,\n${this.#indent}${text}`);
  }
}

/** Newlines in strings are escaped: all that there are indent. */
function asJavaScript(field: string, value: JsonValue, indent: string): string {
  const text = JSON.stringify(value, null, indent).replaceAll('\n', `\n${indent}`);
  return `${JSON.stringify(field)}: ${text}`;
}

/** Whether a value that is the same is still the same inside. What is frozen in a run config is frozen throughout. */
function isConstant(value: JsonValue): boolean {
  return typeof value !== 'object' || Object.isFrozen(value);
}
