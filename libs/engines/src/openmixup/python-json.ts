import { pythonNumber } from '@mixlab/catalog/openmixup-naming';
import type { JsonObject, JsonValue, PythonFloats } from '@mixlab/contracts';

type Spelling = Readonly<Record<string, string>>;

/** What is known of one place in all configs of a plan. */
interface Place {
  readonly inside: Map<string, Place>;
  /** Fields that are floats below it, too. */
  readonly fields: ReadonlySet<string>;
  isFloat: boolean;
  spelling?: Spelling;
  /** What was printed of frozen values here, by the indent above them. */
  readonly known: WeakMap<object, string>;
}

/** Values as `json.dump(indent=4)` of Python prints them, with floats where a config has them. */
export class PythonJson {
  readonly #root: Place;

  constructor({ places, fields = [], spelling = {} }: PythonFloats) {
    this.#root = place(new Set(fields), false);
    for (const pointer of places) {
      const keys = pointer.slice(1).split('/');
      this.#at(keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))).isFloat = true;
    }
    for (const [path, spelt] of Object.entries(spelling)) this.#at(path.split('.')).spelling = spelt;
  }

  /** A field of a config, its lines below the first indented by `indent` and more. */
  print(field: string, value: JsonValue, indent: string): string {
    return entry(field, print(value, inside(this.#root, field), indent));
  }

  #at(keys: readonly string[]): Place {
    return keys.reduce(inside, this.#root);
  }
}

function place(fields: ReadonlySet<string>, isFloat: boolean): Place {
  return { inside: new Map(), fields, isFloat, known: new WeakMap() };
}

function inside(above: Place, key: string): Place {
  let found = above.inside.get(key);
  if (!found) above.inside.set(key, (found = place(above.fields, above.fields.has(key))));
  return found;
}

/** An element of a list is what the list is. */
function element(above: Place, index: number): Place {
  const found = inside(above, String(index));
  found.isFloat ||= above.isFloat;
  return found;
}

function print(value: JsonValue, at: Place, indent: string): string {
  if (typeof value === 'string') return ascii(JSON.stringify(value));
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'number' ? number(value, at) : String(value);
  }
  const isConstant = Object.isFrozen(value);
  const known = isConstant ? at.known.get(value) : undefined;
  if (known !== undefined) return known;
  const text = Array.isArray(value) ? list(value, at, indent) : dict(value as JsonObject, at, indent);
  if (isConstant) at.known.set(value, text);
  return text;
}

function dict(value: JsonObject, at: Place, indent: string): string {
  const deeper = `${indent}    `;
  let text = '';
  for (const key in value) {
    const inner = value[key];
    if (inner === undefined) continue;
    const printed = entry(key, print(inner, inside(at, key), deeper));
    text += `${text === '' ? '' : ','}\n${deeper}${printed}`;
  }
  return text === '' ? '{}' : `{${text}\n${indent}}`;
}

function entry(key: string, printed: string): string {
  return `${ascii(JSON.stringify(key))}: ${printed}`;
}

function list(value: readonly JsonValue[], at: Place, indent: string): string {
  if (value.length === 0) return '[]';
  const deeper = `${indent}    `;
  const spelt = numbersIn(at.spelling?.[JSON.stringify(value)]);
  const items = value.map((item, index) =>
    typeof item === 'number' && spelt.length === value.length
      ? spelt[index]
      : print(item, element(at, index), deeper),
  );
  return `[\n${deeper}${items.join(`,\n${deeper}`)}\n${indent}]`;
}

/** A number as Python spells it there; a whole one as a float where the config has floats. */
function number(value: number, at: Place): string {
  const [spelt] = at.spelling ? numbersIn(at.spelling[String(value)]) : [];
  if (spelt !== undefined) return spelt;
  return at.isFloat && Number.isSafeInteger(value) ? `${value}.0` : pythonNumber(value);
}

/** The numbers of a list of nothing else, or of one number. */
function numbersIn(text = ''): readonly string[] {
  return /^[[(]?[\d\s,.e+-]*[\])]?$/.test(text) ? (text.match(/[^\s,[\]()]+/g) ?? []) : [];
}

/** Python escapes what is not ASCII. */
function ascii(json: string): string {
  return json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
