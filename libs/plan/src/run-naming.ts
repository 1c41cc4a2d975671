import type { JsonObject, JsonValue, NamePart, SweepSchema } from '@mixlab/contracts';
import type { Axis } from './alternatives.ts';
import { labelOf } from './check-node.ts';
import { isObject, own, unionOf } from './json-schema.ts';
import { isIndex, valueAt } from './paths.ts';
import { slug } from './slug.ts';

const MAX_NAME = 100;
const none: JsonObject = Object.freeze({});

/** How the runs of one schema are named and filed. */
export class RunNaming {
  readonly #parts: readonly (NamePart & { readonly keys: readonly string[] })[];
  readonly #partPaths: ReadonlySet<string>;
  /** The field that holds the method: the first named one that is one of several objects. */
  readonly #method: string | undefined;
  readonly #keys = new Map<string, readonly string[]>();
  readonly #parameters = new WeakMap<object, JsonObject>();

  constructor({ nameParts, jsonSchema }: SweepSchema<unknown>) {
    this.#parts = nameParts.map((part) => ({ ...part, keys: part.path.split('.') }));
    this.#partPaths = new Set(nameParts.map((part) => part.path));
    this.#method = nameParts.find(({ path }) => unionOf(own(jsonSchema.properties, path), jsonSchema))?.path;
  }

  /** Value of every axis by path: the fields that lead a name, then whatever else varies. */
  axes(config: JsonValue, shown: readonly (readonly Axis[])[]): Record<string, JsonValue> {
    const axes: Record<string, JsonValue> = {};
    for (const { path, keys } of this.#parts) {
      const value =
        this.#method !== undefined && keys.length > 1 && keys[0] === this.#method
          ? undefined
          : valueAt(config, keys);
      if (value !== undefined) axes[path] = labelOf(value);
    }
    for (const axis of shown) {
      for (const [path, authored] of axis) {
        if (path in axes) continue;
        const value = path === 'recipe' ? authored : valueAt(config, this.#split(path));
        if (value !== undefined) axes[path] = labelOf(value);
      }
    }
    return axes;
  }

  /** Parameters of the method, without its name: one object for all runs that share the method. */
  method(config: JsonValue): JsonObject {
    const value = this.#method === undefined ? undefined : valueAt(config, [this.#method]);
    if (!isObject(value)) return none;
    let known = this.#parameters.get(value);
    if (!known) {
      const { name: _name, ...parameters } = value;
      this.#parameters.set(value, (known = Object.freeze(parameters)));
    }
    return known;
  }

  /** Readable part, cut where needed, and `digits` digits of the hash. */
  name(config: JsonValue, axes: Readonly<Record<string, JsonValue>>, hash: string, digits: number): string {
    let readable = '';
    const add = (part: string): void => void (readable += readable === '' ? part : `-${part}`);
    for (const { keys, prefix } of this.#parts) {
      const value = valueAt(config, keys);
      if (value !== undefined && value !== null) add(prefix + slug(value));
    }
    for (const [path, value] of Object.entries(axes))
      if (!this.#partPaths.has(path)) add(this.#axisPart(path, value, config));
    const tail = `-${hash.slice(0, digits)}`;
    const room = MAX_NAME - tail.length;
    return (readable.length > room ? readable.slice(0, room).replace(/[._-]+$/, '') : readable) + tail;
  }

  /** `configs/<backbone>/<method>/<run>.json`: a folder for each name part without a prefix. */
  configPath(config: JsonValue, name: string): string {
    let path = 'configs';
    for (const { keys, prefix } of this.#parts) {
      const value = prefix === '' ? valueAt(config, keys) : undefined;
      if (value !== undefined && value !== null) path += `/${slug(labelOf(value)).slice(0, MAX_NAME)}`;
    }
    return `${path}/${name}.json`;
  }

  #split(path: string): readonly string[] {
    let keys = this.#keys.get(path);
    if (!keys) this.#keys.set(path, (keys = path.split('.')));
    return keys;
  }

  /** `lr0.1`, `precision-fp16`; a name stands alone: `adamw`, `cifar10`. */
  #axisPart(path: string, value: JsonValue, config: JsonValue): string {
    const keys = this.#split(path);
    const field = keys.at(-1) as string;
    // An element of an array: `croparea0-0.08`.
    if (isIndex(field)) return `${slug(keys.at(-2) ?? '')}${field}-${slug(value)}`;
    if (typeof value === 'number') return slug(field) + slug(value);
    const whole = path === 'recipe' ? undefined : valueAt(config, keys);
    const isName = field === 'name' || path === 'recipe' || isObject(whole);
    return isName ? slug(value) : `${slug(field)}-${slug(value)}`;
  }
}
