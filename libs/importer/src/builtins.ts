import { formatValue } from './format-text.ts';
import type { Arguments } from './methods.ts';
import { entriesOf } from './methods.ts';
import { MAX_LENGTH, binary, compare, integerOf, itemsOf, numberOf, order, truthy } from './operators.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import { pythonRepr, pythonStr } from './python-text.ts';
import type { DictEntry, PythonValue } from './python-value.ts';
import { isKind, pyDict, pyList, pySet, pyTuple, typeName, settled } from './python-value.ts';
import { scaled } from './rounding.ts';

/** A function whose result follows from its arguments. `call` calls a value, as `map` does. */
export type Known = (
  given: Arguments,
  call: (value: PythonValue, args: PythonValue[]) => PythonValue,
) => PythonValue;

export const builtins: Readonly<Record<string, Known>> = {
  dict({ args, keywords }) {
    return pyDict([...args.flatMap(entriesOf), ...Array.from(keywords, ([key, value]) => ({ key, value }))]);
  },
  list: ({ args: [items] }) => pyList(items === undefined ? [] : [...itemsOf(items)]),
  tuple: ({ args: [items] }) => pyTuple(items === undefined ? [] : itemsOf(items)),
  set: ({ args: [items] }) => pySet(items === undefined ? [] : itemsOf(items)),
  len: ({ args: [items = null] }) => BigInt(itemsOf(items).length),
  str: ({ args: [value = ''] }) => pythonStr(value),
  repr: ({ args: [value = null] }) => pythonRepr(value),
  bool: ({ args: [value = false] }) => truthy(value),
  int: ({ args: [value = 0n, base] }) => toInt(value, base),
  float: ({ args: [value = 0] }) => toFloat(value),
  abs({ args: [value = null] }) {
    const number = required(value);
    return number < 0 ? -number : number;
  },
  round: ({ args: [value = null, digits = null] }) => round(required(value), digits),
  pow: ({ args: [base = null, exponent = null] }) => binary('**', base, exponent),
  divmod({ args: [a = null, b = null] }) {
    return pyTuple([binary('//', a, b), binary('%', a, b)]);
  },
  sum({ args: [items = null, start = 0n] }) {
    return itemsOf(items).reduce((total, item) => binary('+', total, item), start);
  },
  min: (given) => extreme(given, '<'),
  max: (given) => extreme(given, '>'),
  any: ({ args: [items = null] }) => itemsOf(items).some(truthy),
  all: ({ args: [items = null] }) => itemsOf(items).every(truthy),
  range: ({ args }) => range(args.map((value) => required(integerOf(value) ?? null))),
  sorted({ args: [items = null], keywords }, call) {
    const key = keywords.get('key') ?? null;
    const keyed = itemsOf(items).map((item) => [key === null ? item : call(key, [item]), item] as const);
    const sign = truthy(keywords.get('reverse') ?? false) ? -1 : 1;
    return pyList(keyed.sort(([a], [b]) => sign * order(a, b)).map(([, item]) => item));
  },
  reversed: ({ args: [items = null] }) => pyList([...itemsOf(items)].reverse()),
  enumerate({ args: [items = null, start = 0n] }) {
    return pyList(itemsOf(items).map((item, at) => pyTuple([binary('+', start, BigInt(at)), item])));
  },
  zip({ args }) {
    const lists = args.map(itemsOf);
    const length = lists.length === 0 ? 0 : Math.min(...lists.map((list) => list.length));
    return pyList(Array.from({ length }, (_, at) => pyTuple(lists.map((list) => list[at] ?? null))));
  },
  map({ args: [callee = null, ...lists] }, call) {
    const zipped = builtins['zip']?.({ args: lists, keywords: new Map() }, call) ?? null;
    return pyList(itemsOf(zipped).map((items) => call(callee, [...itemsOf(items)])));
  },
  filter({ args: [callee = null, items = null] }, call) {
    return pyList(itemsOf(items).filter((item) => truthy(callee === null ? item : call(callee, [item]))));
  },
  format: ({ args: [value = null, spec = ''] }) => formatValue(value, pythonStr(spec)),
  chr: ({ args: [code = null] }) => String.fromCodePoint(Number(required(code))),
  ord: ({ args: [char = null] }) => BigInt(pythonStr(char).codePointAt(0) ?? 0),
  print: () => null,
};

/** What is known of modules that configs import, by dotted name. */
export const moduleConstants: Readonly<Record<string, PythonValue>> = {
  'math.pi': Math.PI,
  'math.e': Math.E,
  'math.inf': Infinity,
  'os.sep': '/',
};

export const moduleFunctions: Readonly<Record<string, Known>> = {
  'copy.copy': ({ args: [value = null] }) => shallowCopy(value),
  'copy.deepcopy': ({ args: [value = null] }) => deepCopy(value),
  'math.sqrt': ({ args: [value = null] }) => Math.sqrt(Number(required(value))),
  'math.floor': ({ args: [value = null] }) => BigInt(Math.floor(Number(required(value)))),
  'math.ceil': ({ args: [value = null] }) => BigInt(Math.ceil(Number(required(value)))),
  'os.path.join': ({ args }) => args.map(pythonStr).reduce(joinPaths),
  'os.path.basename': ({ args: [path = null] }) => pythonStr(path).replace(/^.*\//s, ''),
  'os.path.dirname': ({ args: [path = null] }) => /^(.*?)\/*[^/]*$/s.exec(pythonStr(path))?.[1] ?? '',
};

function joinPaths(left: string, right: string): string {
  if (right.startsWith('/') || left === '') return right;
  return left.endsWith('/') ? left + right : `${left}/${right}`;
}

function shallowCopy(value: PythonValue): PythonValue {
  if (isKind(value, 'dict')) return pyDict(value.entries.values());
  return isKind(value, 'list') ? pyList([...value.items]) : value;
}

/** A copy that shares nothing with the value, except what nobody can change. */
export function deepCopy(given: PythonValue): PythonValue {
  const value = settled(given);
  if (isKind(value, 'dict')) {
    const copied = (entry: DictEntry) => ({ ...entry, value: deepCopy(entry.value) });
    return pyDict(Array.from(value.entries.values(), copied));
  }
  if (isKind(value, 'list')) return pyList(value.items.map(deepCopy));
  return isKind(value, 'tuple') ? pyTuple(value.items.map(deepCopy)) : value;
}

function required(value: PythonValue): bigint | number {
  const number = numberOf(value);
  if (number === undefined)
    throw new PythonError('TypeError', `a number is required, not ${typeName(value)}`);
  return number;
}

function toInt(value: PythonValue, base: PythonValue | undefined): bigint {
  if (typeof value === 'string') {
    const text = value.trim().replaceAll('_', '');
    const radix = base === undefined ? 10 : Number(required(base));
    if (radix === 10 && /^[-+]?\d+$/.test(text)) return BigInt(text.replace('+', ''));
    const parsed = radix === 10 ? NaN : Number.parseInt(text, radix);
    if (Number.isNaN(parsed))
      throw new PythonError('ValueError', `invalid literal for int(): ${pythonRepr(value)}`);
    return BigInt(parsed);
  }
  const number = required(value);
  if (typeof number === 'bigint') return number;
  if (!Number.isFinite(number))
    throw new PythonError('OverflowError', 'cannot convert float infinity to integer');
  return BigInt(Math.trunc(number));
}

function toFloat(value: PythonValue): number {
  if (typeof value !== 'string') return Number(required(value));
  const text = value.trim().toLowerCase().replaceAll('_', '');
  const [, sign, word] = /^([-+]?)(inf|infinity|nan)$/.exec(text) ?? [];
  if (word) return word === 'nan' ? NaN : sign === '-' ? -Infinity : Infinity;
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/.test(text))
    throw new PythonError('ValueError', `could not convert string to float: ${pythonRepr(value)}`);
  return Number(text);
}

function round(value: bigint | number, digits: PythonValue): bigint | number {
  const places = digits === null ? 0 : Number(required(digits));
  if (typeof value === 'bigint') {
    return places >= 0 ? value : scaled(Number(value), places) * 10n ** BigInt(-places);
  }
  if (!Number.isFinite(value)) return value;
  const whole = scaled(value, places);
  if (digits === null) return whole;
  const rounded = Number(`${whole}e${-places}`);
  return value < 0 && rounded === 0 ? -0 : rounded;
}

function extreme({ args, keywords }: Arguments, sign: '<' | '>'): PythonValue {
  if (keywords.has('key')) throw new NotEvaluated('the `key` of min and max is not evaluated');
  const items = args.length === 1 ? itemsOf(args[0] ?? null) : args;
  if (items.length === 0) throw new PythonError('ValueError', 'an empty sequence has no extreme');
  return items.reduce((best, item) => (compare(sign, item, best) ? item : best));
}

function range(args: readonly (bigint | number)[]): PythonValue {
  const [start, stop, step = 1] = (args.length === 1 ? [0, ...args] : args).map(Number);
  if (start === undefined || stop === undefined || step === 0)
    throw new PythonError('ValueError', 'range() needs a stop, and a step that is not zero');
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (length > MAX_LENGTH) throw new NotEvaluated('a range is too long');
  return { kind: 'range', items: Array.from({ length }, (_, at) => BigInt(start + at * step)) };
}
