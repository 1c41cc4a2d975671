import type { JsonObject, JsonValue, NamePart, SweepSchema } from '@mixlab/contracts';
import { labelOf } from './check-node.ts';
import type { Choice } from './dimension.ts';
import { isObject, own, unionOf } from './json-schema.ts';
import { isIndex, valueAt } from './paths.ts';
import { slug } from './slug.ts';

const MAX_NAME = 100;
interface Part extends NamePart {
  readonly keys: readonly string[];
  /** A parameter of the method leads a name without being an axis of every run. */
  readonly isAxis: boolean;
}

const none: JsonObject = Object.freeze({});

/** How the runs of one schema are named and filed. */
export class RunNaming {
  readonly #parts: readonly Part[];
  readonly #partPaths: ReadonlySet<string>;
  /** The field that holds the method: the first named one that is one of several objects. */
  readonly #method: string | undefined;
  readonly #keys = new Map<string, readonly string[]>();
  readonly #parameters = new WeakMap<object, JsonObject>();

  constructor({ nameParts, jsonSchema }: SweepSchema<unknown>) {
    const method = nameParts.find(({ path }) => unionOf(own(jsonSchema.properties, path), jsonSchema))?.path;
    this.#method = method;
    this.#parts = nameParts.map((part) => {
      const keys = part.path.split('.');
      return { ...part, keys, isAxis: keys.length === 1 || keys[0] !== method };
    });
    this.#partPaths = new Set(nameParts.map((part) => part.path));
  }

  /** Value of every axis by path: the fields that lead a name, then whatever else varies. */
  axes(config: JsonValue, choices: readonly Pick<Choice, 'shown'>[]): Record<string, JsonValue> {
    const axes: Record<string, JsonValue> = {};
    for (const { path, keys, isAxis } of this.#parts) {
      const value = isAxis ? valueAt(config, keys) : undefined;
      if (value !== undefined) axes[path] = labelOf(value);
    }
    for (const { shown } of choices) {
      for (const [path, authored] of shown) {
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
    let parts = '';
    for (const { keys, prefix } of this.#parts) {
      const value = valueAt(config, keys);
      if (value !== undefined && value !== null) parts += `-${prefix}${slug(value)}`;
    }
    for (const path in axes) {
      if (this.#partPaths.has(path)) continue;
      parts += `-${this.#axisPart(path, axes[path] as JsonValue, config)}`;
    }
    const readable = parts.slice(1);
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
