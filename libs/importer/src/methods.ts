import { formatTemplate } from './format-text.ts';
import { equal, integerOf, itemsOf, order } from './operators.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import { pythonRepr } from './python-text.ts';
import type { PythonDict, PythonList, PythonValue } from './python-value.ts';
import { isKind, keyOf, pyDict, pyList, pyTuple, setEntry, typeName } from './python-value.ts';

/** The arguments of a call, all of them known. */
export interface Arguments {
  readonly args: readonly PythonValue[];
  readonly keywords: ReadonlyMap<string, PythonValue>;
}

type Method<T> = (self: T, given: Arguments) => PythonValue;

/** The method of a value; undefined where it has none of this name, or one that is not evaluated. */
export function methodOf(self: PythonValue, name: string): ((given: Arguments) => PythonValue) | undefined {
  const table = tableOf(self);
  const method = table && Object.hasOwn(table, name) ? table[name] : undefined;
  return method && ((given) => method(self as never, given));
}

function tableOf(self: PythonValue): Readonly<Record<string, Method<never>>> | undefined {
  if (typeof self === 'string') return ofStrings;
  if (isKind(self, 'list')) return ofLists;
  if (isKind(self, 'tuple')) return ofTuples;
  return isKind(self, 'dict') ? ofDicts : undefined;
}

const ofDicts: Readonly<Record<string, Method<PythonDict>>> = {
  copy: (self) => pyDict(self.entries.values()),
  keys: (self) => pyList(Array.from(self.entries.values(), ({ key }) => key)),
  values: (self) => pyList(Array.from(self.entries.values(), ({ value }) => value)),
  items: (self) => pyList(Array.from(self.entries.values(), ({ key, value }) => pyTuple([key, value]))),
  get: (self, { args: [key = null, other = null] }) => self.entries.get(keyOf(key))?.value ?? other,
  update(self, { args, keywords }) {
    for (const source of args) for (const entry of entriesOf(source)) setEntry(self, entry);
    for (const [key, value] of keywords) setEntry(self, { key, value });
    return null;
  },
  setdefault(self, { args: [key = null, other = null] }) {
    const known = self.entries.get(keyOf(key));
    if (!known) setEntry(self, { key, value: other });
    return known ? known.value : other;
  },
  pop(self, { args: [key = null, ...others] }) {
    const known = self.entries.get(keyOf(key));
    if (!known && others[0] === undefined) throw new PythonError('KeyError', pythonRepr(key));
    self.entries.delete(keyOf(key));
    return known ? known.value : (others[0] ?? null);
  },
  clear(self) {
    self.entries.clear();
    return null;
  },
};

/** The entries of a dict, or of pairs. */
export function entriesOf(
  value: PythonValue,
): readonly { readonly key: PythonValue; readonly value: PythonValue }[] {
  if (isKind(value, 'dict')) return [...value.entries.values()];
  return itemsOf(value).map((pair) => {
    const [key, inner, ...rest] = itemsOf(pair);
    if (key === undefined || inner === undefined || rest.length > 0)
      throw new PythonError('ValueError', 'dictionary update sequence element needs length 2');
    return { key, value: inner };
  });
}

const ofLists: Readonly<Record<string, Method<PythonList>>> = {
  append(self, { args: [item = null] }) {
    self.items.push(item);
    return null;
  },
  extend(self, { args: [items = null] }) {
    self.items.push(...itemsOf(items));
    return null;
  },
  insert(self, { args: [at = null, item = null] }) {
    const index = Number(integerOf(at) ?? 0n);
    self.items.splice(index < 0 ? Math.max(0, self.items.length + index) : index, 0, item);
    return null;
  },
  pop(self, { args: [at] }) {
    const index = at === undefined ? -1 : Number(integerOf(at) ?? 0n);
    const [item] = self.items.splice(index, 1);
    if (item === undefined) throw new PythonError('IndexError', 'pop index out of range');
    return item;
  },
  remove(self, { args: [item = null] }) {
    self.items.splice(indexIn(self.items, item), 1);
    return null;
  },
  index: (self, { args: [item = null] }) => BigInt(indexIn(self.items, item)),
  count: (self, { args: [item = null] }) => countIn(self.items, item),
  copy: (self) => pyList([...self.items]),
  clear(self) {
    self.items.length = 0;
    return null;
  },
  reverse(self) {
    self.items.reverse();
    return null;
  },
  sort(self, { keywords }) {
    if (keywords.has('key')) throw new NotEvaluated('sorting by a key is not evaluated');
    self.items.sort(order);
    if (keywords.get('reverse') === true) self.items.reverse();
    return null;
  },
};

const ofTuples: Readonly<Record<string, Method<{ readonly items: readonly PythonValue[] }>>> = {
  index: (self, { args: [item = null] }) => BigInt(indexIn(self.items, item)),
  count: (self, { args: [item = null] }) => countIn(self.items, item),
};

function indexIn(items: readonly PythonValue[], item: PythonValue): number {
  const at = items.findIndex((other) => equal(other, item));
  if (at < 0) throw new PythonError('ValueError', `${pythonRepr(item)} is not in list`);
  return at;
}

function countIn(items: readonly PythonValue[], item: PythonValue): bigint {
  return BigInt(items.filter((other) => equal(other, item)).length);
}

const ofStrings: Readonly<Record<string, Method<string>>> = {
  format: (self, { args, keywords }) => formatTemplate(self, (field) => fieldOf(field, args, keywords)),
  join: (self, { args: [items = null] }) =>
    itemsOf(items)
      .map((item) => textOf(item))
      .join(self),
  lower: (self) => self.toLowerCase(),
  upper: (self) => self.toUpperCase(),
  title: (self) =>
    self.toLowerCase().replace(/\p{L}+/gu, (word) => word.charAt(0).toUpperCase() + word.slice(1)),
  capitalize: (self) => self.charAt(0).toUpperCase() + self.slice(1).toLowerCase(),
  strip: (self, { args: [chars] }) => trim(self, chars, true, true),
  lstrip: (self, { args: [chars] }) => trim(self, chars, true, false),
  rstrip: (self, { args: [chars] }) => trim(self, chars, false, true),
  startswith: (self, { args: [prefix = null] }) => someText(prefix, (text) => self.startsWith(text)),
  endswith: (self, { args: [suffix = null] }) => someText(suffix, (text) => self.endsWith(text)),
  removeprefix: (self, { args: [prefix = null] }) =>
    self.startsWith(textOf(prefix)) ? self.slice(textOf(prefix).length) : self,
  removesuffix: (self, { args: [suffix = null] }) =>
    textOf(suffix) !== '' && self.endsWith(textOf(suffix)) ? self.slice(0, -textOf(suffix).length) : self,
  find: (self, { args: [part = null] }) => BigInt(self.indexOf(textOf(part))),
  rfind: (self, { args: [part = null] }) => BigInt(self.lastIndexOf(textOf(part))),
  count: (self, { args: [part = null] }) => BigInt(self.split(textOf(part)).length - 1),
  zfill: (self, { args: [width = null] }) => {
    const [, sign = '', rest = ''] = /^([-+]?)(.*)$/s.exec(self) ?? [];
    return sign + rest.padStart(Number(integerOf(width) ?? 0n) - sign.length, '0');
  },
  isdigit: (self) => /^\d+$/.test(self),
  replace(self, { args: [from = null, to = null, count] }) {
    const parts = self.split(textOf(from));
    const limit = count === undefined ? parts.length : Number(integerOf(count) ?? 0n);
    return parts.reduce((text, part, at) => text + (at <= limit ? textOf(to) : textOf(from)) + part);
  },
  split(self, { args: [by = null, limit], keywords }) {
    return split(self, keywords.get('sep') ?? by, limit ?? keywords.get('maxsplit'));
  },
  rsplit(self, { args: [by = null, limit], keywords }) {
    const parts = splitAll(self, keywords.get('sep') ?? by);
    const count = limit ?? keywords.get('maxsplit');
    if (count === undefined || by === null) return pyList(parts);
    const first = Math.max(1, parts.length - Number(integerOf(count) ?? 0n));
    return pyList([parts.slice(0, first).join(textOf(by)), ...parts.slice(first)]);
  },
  splitlines: (self) => pyList(self.replace(/\r?\n$/, '').split(/\r?\n/)),
};

function split(text: string, by: PythonValue, limit: PythonValue | undefined): PythonList {
  const parts = splitAll(text, by);
  if (limit === undefined || by === null) return pyList(parts);
  const last = Number(integerOf(limit) ?? 0n);
  if (parts.length <= last + 1) return pyList(parts);
  return pyList([...parts.slice(0, last), parts.slice(last).join(textOf(by))]);
}

function splitAll(text: string, by: PythonValue): string[] {
  if (by !== null) return text.split(textOf(by));
  const words = text.trim();
  return words === '' ? [] : words.split(/\s+/);
}

function trim(text: string, chars: PythonValue | undefined, left: boolean, right: boolean): string {
  if (chars === undefined || chars === null)
    return text.replace(left ? /^\s+/ : /^(?!)/, '').replace(right ? /\s+$/ : /(?!)$/, '');
  const taken = new Set(textOf(chars));
  let [start, end] = [0, text.length];
  while (left && start < end && taken.has(text.charAt(start))) start += 1;
  while (right && end > start && taken.has(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function someText(value: PythonValue, test: (text: string) => boolean): boolean {
  return isKind(value, 'tuple') ? value.items.some((item) => test(textOf(item))) : test(textOf(value));
}

function textOf(value: PythonValue): string {
  if (typeof value === 'string') return value;
  throw new PythonError('TypeError', `expected str, got ${typeName(value)}`);
}

/** What `{0}`, `{name}` or `{name[key]}` of a template stands for. */
function fieldOf(
  field: string,
  args: readonly PythonValue[],
  keywords: ReadonlyMap<string, PythonValue>,
): PythonValue {
  const [, name = '', rest = ''] = /^([^.[]*)(.*)$/s.exec(field) ?? [];
  const first = /^\d+$/.test(name) ? args[Number(name)] : keywords.get(name);
  if (first === undefined) throw new PythonError(/^\d/.test(name) ? 'IndexError' : 'KeyError', `'${name}'`);
  let value = first;
  for (const [, key = ''] of rest.matchAll(/\[([^\]]*)\]/g)) {
    const inner = isKind(value, 'dict') ? value.entries.get(keyOf(key))?.value : itemsOf(value)[Number(key)];
    if (inner === undefined) throw new PythonError('KeyError', `'${key}'`);
    value = inner;
  }
  if (rest.includes('.')) throw new PythonError('AttributeError', `'${typeName(value)}' has no '${rest}'`);
  return value;
}
