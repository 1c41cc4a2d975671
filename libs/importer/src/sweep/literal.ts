import type { JsonObject, JsonValue, SourceLocation } from '@mixlab/contracts';
import { pythonRepr, pythonStr } from '../python-text.ts';
import { isKind, isUnknown } from '../python-value.ts';
import type { PythonValue, Unknown } from '../python-value.ts';
import type { Compound, Expression, Item } from './layout.ts';

/** What a module calls the files that a value may come from. */
export type Show = (file: string) => string;

/** A value as TypeScript writes it; what is known only when the script runs as a `todo`. */
export function literal(value: PythonValue, show: Show): Expression {
  if (isUnknown(value)) return todo(value, show);
  if (value === null) return 'null';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return todo({ why: `JSON has no ${pythonRepr(value)}` }, show);
  }
  if (typeof value !== 'object') return String(value);
  if (isKind(value, 'dict')) {
    return object(
      [...value.entries.values()].map(({ key, value: inner }) => [pythonStr(key), literal(inner, show)]),
    );
  }
  if (isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'set') || isKind(value, 'range')) {
    return array(
      value.items.map((item) => literal(item, show)),
      value.items.every(isNumber),
    );
  }
  return todo({ why: `a ${value.kind} is no value of a config` }, show);
}

function isNumber(value: PythonValue): boolean {
  return typeof value === 'bigint' || typeof value === 'number';
}

export function object(fields: readonly (readonly [name: string, value: Expression])[]): Compound {
  const items = fields.map(([name, value]): Item => [`${propertyName(name)}: `, value]);
  return { open: '{', items, close: '}', padded: true };
}

export function array(values: readonly Expression[], filled = false): Compound {
  return { open: '[', items: values.map((value): Item => ['', value]), close: ']', filled };
}

export function call(name: string, values: readonly Expression[]): Compound {
  return { open: `${name}(`, items: values.map((value): Item => ['', value]), close: ')' };
}

/** What the generator refuses, and tells by the same words. */
export function todo(
  { why, at }: Pick<Unknown, 'why'> & { readonly at?: SourceLocation },
  show: Show,
): Compound {
  return call('todo', [quoted(at ? `${show(at.file)}:${at.line}: ${why}` : why)]);
}

/** A string as Prettier writes it: in whichever quotes need fewer escapes. */
export function quoted(text: string): string {
  const json = JSON.stringify(text).slice(1, -1);
  if (text.includes("'") && !text.includes('"')) return `"${json}"`;
  return `'${json.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The same for a value of JSON. */
export function json(value: JsonValue): Expression {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (Array.isArray(value))
    return array(
      value.map(json),
      value.every((item) => typeof item === 'number'),
    );
  return object(Object.entries(value as JsonObject).map(([key, inner]) => [key, json(inner ?? null)]));
}

/** A property as Prettier writes it: quoted only where it has to be. */
export function propertyName(name: string): string {
  return IDENTIFIER.test(name) ? name : quoted(name);
}

/** `object.name`, or with brackets where that is no identifier. */
export function member(object: string, name: string): string {
  return IDENTIFIER.test(name) ? `${object}.${name}` : `${object}[${quoted(name)}]`;
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
