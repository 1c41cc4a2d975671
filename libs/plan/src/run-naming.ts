import type { JsonObject, JsonValue, NamePart, SweepSchema } from '@mixlab/contracts';
import type { Axis } from './alternatives.ts';
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

/** What the fields that lead a name give for a run. Runs in a row mostly share it. */
interface Lead {
  readonly fields: readonly (JsonValue | undefined)[];
  readonly axes: Readonly<Record<string, JsonValue>>;
  readonly name: string;
  readonly folder: string;
  /** All axes of one of these runs, and which of them are not of the fields that lead. */
  shape: Readonly<Record<string, JsonValue>>;
  others: readonly string[];
}

/** The path of an axis, taken apart. */
interface AxisPath {
  readonly keys: readonly string[];
  /** What stands before its value in a name. */
  readonly word: string;
  readonly isElement: boolean;
  /** Whether its field leads the name. */
  readonly isLead: boolean;
}

const none: JsonObject = Object.freeze({});

/** How the runs of one schema are named and filed. */
export class RunNaming {
  readonly #parts: readonly Part[];
  readonly #partPaths: ReadonlySet<string>;
  /** The top-level fields of the parts. */
  readonly #fields: readonly string[];
  /** The field that holds the method: the first named one that is one of several objects. */
  readonly #method: string | undefined;
  readonly #paths = new Map<string, AxisPath>();
  readonly #parameters = new WeakMap<object, JsonObject>();
  #lead: Lead | undefined;

  constructor({ nameParts, jsonSchema }: SweepSchema<unknown>) {
    const method = nameParts.find(({ path }) => unionOf(own(jsonSchema.properties, path), jsonSchema))?.path;
    this.#method = method;
    this.#parts = nameParts.map((part) => {
      const keys = part.path.split('.');
      return { ...part, keys, isAxis: keys.length === 1 || keys[0] !== method };
    });
    this.#partPaths = new Set(nameParts.map((part) => part.path));
    this.#fields = [...new Set(this.#parts.map(({ keys }) => keys[0] as string))];
  }

  /** Value of every axis by path: the fields that lead a name, then whatever else varies. */
  axes(config: JsonObject, choices: readonly Pick<Choice, 'shown'>[]): Readonly<Record<string, JsonValue>> {
    const lead = this.#leadOf(config);
    // Filling a copy takes a tenth of the time of an object that grows.
    const axes = { ...lead.shape };
    let count = 0;
    for (let at = 0; at < choices.length; at++) {
      const { shown } = choices[at] as Choice;
      for (let part = 0; part < shown.length; part++) {
        const path = (shown[part] as Axis)[0];
        const value = this.#label(shown[part] as Axis, config);
        if (value === undefined) continue;
        if (lead.others[count] !== path) return this.#reshape(lead, config, choices);
        axes[path] = value;
        count += 1;
      }
    }
    return count === lead.others.length ? axes : this.#reshape(lead, config, choices);
  }

  /** Parameters of the method, without its name: one object for all runs that share the method. */
  method(config: JsonObject): JsonObject {
    const value = this.#method === undefined ? undefined : own(config, this.#method);
    if (!isObject(value)) return none;
    let known = this.#parameters.get(value);
    if (!known) {
      const { name: _name, ...parameters } = value;
      this.#parameters.set(value, (known = Object.freeze(parameters)));
    }
    return known;
  }

  /** Readable part, cut where needed, and `digits` digits of the hash. */
  name(config: JsonObject, axes: Readonly<Record<string, JsonValue>>, hash: string, digits: number): string {
    let parts = this.#leadOf(config).name;
    for (const path in axes) {
      if (!this.#partPaths.has(path)) parts += `-${this.#axisPart(path, axes[path] as JsonValue, config)}`;
    }
    const readable = parts.slice(1);
    const tail = `-${hash.slice(0, digits)}`;
    const room = MAX_NAME - tail.length;
    return (readable.length > room ? readable.slice(0, room).replace(/[._-]+$/, '') : readable) + tail;
  }

  /** `configs/<backbone>/<method>/<run>.json`: a folder for each name part without a prefix. */
  configPath(config: JsonObject, name: string): string {
    return `${this.#leadOf(config).folder}/${name}.json`;
  }

  #leadOf(config: JsonObject): Lead {
    const known = this.#lead;
    if (!known) return (this.#lead = this.#makeLead(config));
    for (let at = 0; at < this.#fields.length; at++) {
      if (config[this.#fields[at] as string] !== known.fields[at])
        return (this.#lead = this.#makeLead(config));
    }
    return known;
  }

  #makeLead(config: JsonObject): Lead {
    const axes: Record<string, JsonValue> = {};
    let name = '';
    let folder = 'configs';
    for (const { path, keys, prefix, isAxis } of this.#parts) {
      const value = valueAt(config, keys);
      if (isAxis && value !== undefined) axes[path] = labelOf(value);
      if (value === undefined || value === null) continue;
      name += `-${prefix}${slug(value)}`;
      if (prefix === '') folder += `/${slug(labelOf(value)).slice(0, MAX_NAME)}`;
    }
    return {
      fields: this.#fields.map((field) => config[field]),
      axes,
      name,
      folder,
      shape: axes,
      others: [],
    };
  }

  #reshape(lead: Lead, config: JsonObject, choices: readonly Pick<Choice, 'shown'>[]): Lead['shape'] {
    const others = choices.flatMap(({ shown }) => {
      return shown.flatMap((axis) => {
        const value = this.#label(axis, config);
        return value === undefined ? [] : [[axis[0], value] as const];
      });
    });
    lead.others = others.map(([path]) => path);
    lead.shape = Object.fromEntries([...Object.entries(lead.axes), ...others]);
    return lead.shape;
  }

  /** What the config has where something varies; undefined where it has nothing, or the field leads the name. */
  #label(axis: Axis, config: JsonObject): JsonValue | undefined {
    if (axis[0] === 'recipe') return axis[1];
    const { keys, isLead } = this.#pathOf(axis[0]);
    const value = isLead ? undefined : valueAt(config, keys);
    return value === undefined ? undefined : labelOf(value);
  }

  #pathOf(path: string): AxisPath {
    let known = this.#paths.get(path);
    if (!known) this.#paths.set(path, (known = this.#takeApart(path)));
    return known;
  }

  /** `lr0.1`, `precision-fp16`; a name stands alone: `adamw`, `cifar10`. */
  #axisPart(path: string, value: JsonValue, config: JsonObject): string {
    const { keys, word, isElement } = this.#pathOf(path);
    if (isElement || typeof value === 'number') return word + slug(value);
    const whole = path === 'recipe' ? undefined : valueAt(config, keys);
    const isName = keys.at(-1) === 'name' || path === 'recipe' || isObject(whole);
    return isName ? slug(value) : `${word}-${slug(value)}`;
  }

  #takeApart(path: string): AxisPath {
    const keys = path.split('.');
    const field = keys.at(-1) as string;
    // An element of an array: `croparea0-0.08`.
    const isElement = isIndex(field);
    const word = isElement ? `${slug(keys.at(-2) ?? '')}${field}-` : slug(field);
    const isLead = this.#parts.some((part) => part.isAxis && part.path === path);
    return { keys, word, isElement, isLead };
  }
}
