import { formatPercent } from './format-text.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import type { PythonValue } from './python-value.ts';
import { power } from './rounding.ts';
import { isKind, keyOf, pyDict, pyList, pySet, pyTuple, typeName } from './python-value.ts';

/** Strings, lists and numbers longer than this are not made: something else was meant. */
export const MAX_LENGTH = 1_000_000;

/** `left operator right` of two values that are known. */
export function binary(operator: string, left: PythonValue, right: PythonValue): PythonValue {
  const numbers = numericPair(left, right);
  if (numbers) return arithmetic(operator, ...numbers);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (operator === '+' && isKind(left, 'list') && isKind(right, 'list'))
    return pyList([...left.items, ...right.items]);
  if (operator === '+' && isKind(left, 'tuple') && isKind(right, 'tuple'))
    return pyTuple([...left.items, ...right.items]);
  if (operator === '*') {
    const times = integerOf(right) ?? integerOf(left);
    const repeated =
      times === undefined ? undefined : repeat(integerOf(right) === undefined ? right : left, times);
    if (repeated !== undefined) return repeated;
  }
  if (operator === '%' && typeof left === 'string') return percent(left, right);
  if (operator === '|' && isKind(left, 'dict') && isKind(right, 'dict'))
    return pyDict([...left.entries.values(), ...right.entries.values()]);
  if (isKind(left, 'set') && isKind(right, 'set')) {
    const others = new Set(right.items.map(keyOf));
    if (operator === '|') return pySet([...left.items, ...right.items]);
    if (operator === '&') return pySet(left.items.filter((item) => others.has(keyOf(item))));
    if (operator === '-') return pySet(left.items.filter((item) => !others.has(keyOf(item))));
  }
  const types = `'${typeName(left)}' and '${typeName(right)}'`;
  throw new PythonError('TypeError', `unsupported operand type(s) for ${operator}: ${types}`);
}

export function unary(operator: string, value: PythonValue): PythonValue {
  const number = numberOf(value);
  if (number === undefined)
    throw new PythonError('TypeError', `bad operand type for unary ${operator}: '${typeName(value)}'`);
  if (operator === '-') return -number;
  if (operator === '~' && typeof number === 'bigint') return ~number;
  return number;
}

function repeat(value: PythonValue, times: bigint): PythonValue | undefined {
  const count = Number(times > 0n ? times : 0n);
  const length =
    typeof value === 'string'
      ? value.length
      : isKind(value, 'list') || isKind(value, 'tuple')
        ? value.items.length
        : 0;
  if (length * count > MAX_LENGTH) throw new NotEvaluated('a value is too long');
  if (typeof value === 'string') return value.repeat(count);
  if (!isKind(value, 'list') && !isKind(value, 'tuple')) return undefined;
  const items = Array.from({ length: count }, () => value.items).flat();
  return value.kind === 'list' ? pyList(items) : pyTuple(items);
}

function percent(template: string, right: PythonValue): string {
  const values = isKind(right, 'tuple') ? [...right.items] : [right];
  const text = formatPercent(template, (name) => {
    if (name !== undefined) {
      const entry = isKind(right, 'dict') ? right.entries.get(keyOf(name)) : undefined;
      if (!entry) throw new PythonError('KeyError', `'${name}'`);
      return entry.value;
    }
    const value = values.shift();
    if (value === undefined) throw new PythonError('TypeError', 'not enough arguments for format string');
    return value;
  });
  if (values.length > 0 && !isKind(right, 'dict') && !isKind(right, 'list'))
    throw new PythonError('TypeError', 'not all arguments converted during string formatting');
  return text;
}

/** A number, or a bool as one. */
export function numberOf(value: PythonValue): bigint | number | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

export function integerOf(value: PythonValue): bigint | undefined {
  const number = numberOf(value);
  return typeof number === 'bigint' ? number : undefined;
}

function numericPair(
  left: PythonValue,
  right: PythonValue,
): readonly [bigint | number, bigint | number] | undefined {
  const a = numberOf(left);
  const b = numberOf(right);
  return a === undefined || b === undefined ? undefined : [a, b];
}

function arithmetic(operator: string, a: bigint | number, b: bigint | number): bigint | number {
  if (operator === '/') return divide(Number(a), Number(b));
  if (typeof a === 'bigint' && typeof b === 'bigint') return ofIntegers(operator, a, b);
  return ofFloats(operator, Number(a), Number(b));
}

function divide(a: number, b: number): number {
  if (b === 0) throw new PythonError('ZeroDivisionError', 'division by zero');
  return a / b;
}

function ofIntegers(operator: string, a: bigint, b: bigint): bigint | number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      return (a - modulo(a, b)) / b;
    case '%':
      return modulo(a, b);
    case '**':
      if (b < 0n) return a === 0n ? divide(1, 0) : power(Number(a), Number(b));
      if (b > 10_000n) throw new NotEvaluated('a number is too large');
      return a ** b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '^':
      return a ^ b;
    case '<<':
      if (b > 10_000n) throw new NotEvaluated('a number is too large');
      return a << b;
    case '>>':
      return a >> b;
    default:
      throw new PythonError('TypeError', `unsupported operand type(s) for ${operator}: 'int' and 'int'`);
  }
}

/** Of the sign of `b`, as in Python. */
function modulo(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new PythonError('ZeroDivisionError', 'integer division or modulo by zero');
  const rest = a % b;
  return rest !== 0n && rest < 0n !== b < 0n ? rest + b : rest;
}

function ofFloats(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '//':
      return Math.round(divide(a - floatModulo(a, b), b));
    case '%':
      return floatModulo(a, b);
    case '**':
      return power(a, b);
    default:
      throw new PythonError('TypeError', `unsupported operand type(s) for ${operator}: 'float' and 'float'`);
  }
}

function floatModulo(a: number, b: number): number {
  if (b === 0) throw new PythonError('ZeroDivisionError', 'float modulo');
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** Whether Python takes a value for true. */
export function truthy(value: PythonValue): boolean {
  if (value === null || typeof value !== 'object') return Boolean(value);
  if ('items' in value) return value.items.length > 0;
  return value.kind === 'dict' ? value.entries.size > 0 : true;
}

/** `left operator right` of a comparison. */
export function compare(operator: string, left: PythonValue, right: PythonValue): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
    case '<>':
      return !equal(left, right);
    case 'is':
      return left === right;
    case 'is not':
      return left !== right;
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    case '<':
      return order(left, right) < 0;
    case '<=':
      return order(left, right) <= 0;
    case '>':
      return order(left, right) > 0;
    default:
      return order(left, right) >= 0;
  }
}

export function equal(left: PythonValue, right: PythonValue): boolean {
  const numbers = numericPair(left, right);
  // Numbers of two types are equal where their values are.
  if (numbers) return numbers[0] <= numbers[1] && numbers[0] >= numbers[1];
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null)
    return left === right;
  if (isKind(left, 'dict') && isKind(right, 'dict')) {
    const others = right.entries;
    return (
      left.entries.size === others.size &&
      [...left.entries].every(([id, { value }]) => {
        const other = others.get(id);
        return other !== undefined && equal(value, other.value);
      })
    );
  }
  if (isKind(left, 'set') && isKind(right, 'set')) {
    const others = new Set(right.items.map(keyOf));
    return left.items.length === others.size && left.items.every((item) => others.has(keyOf(item)));
  }
  if (left.kind !== right.kind || !('items' in left) || !('items' in right)) return left === right;
  const { items } = right;
  return left.items.length === items.length && left.items.every((item, at) => equal(item, items[at] ?? null));
}

export function contains(container: PythonValue, item: PythonValue): boolean {
  if (typeof container === 'string' && typeof item === 'string') return container.includes(item);
  if (isKind(container, 'dict')) return container.entries.has(keyOf(item));
  if (typeof container === 'object' && container !== null && 'items' in container)
    return container.items.some((other) => equal(other, item));
  throw new PythonError('TypeError', `argument of type '${typeName(container)}' is not iterable`);
}

/** Below zero where `left` comes first. */
export function order(left: PythonValue, right: PythonValue): number {
  const [a, b] =
    numericPair(left, right) ?? (typeof left === 'string' && typeof right === 'string' ? [left, right] : []);
  if (a !== undefined && b !== undefined) return a < b ? -1 : a > b ? 1 : 0;
  const areSequences =
    (isKind(left, 'list') && isKind(right, 'list')) || (isKind(left, 'tuple') && isKind(right, 'tuple'));
  if (!areSequences) {
    const types = `'${typeName(left)}' and '${typeName(right)}'`;
    throw new PythonError('TypeError', `'<' not supported between instances of ${types}`);
  }
  for (const [at, item] of left.items.entries()) {
    const other = right.items[at];
    if (other === undefined) return 1;
    if (!equal(item, other)) return order(item, other);
  }
  return left.items.length - right.items.length;
}

/** What a loop over a value goes through. */
export function itemsOf(value: PythonValue): readonly PythonValue[] {
  if (typeof value === 'string') return Array.from(value);
  if (isKind(value, 'dict')) return Array.from(value.entries.values(), ({ key }) => key);
  if (typeof value === 'object' && value !== null && 'items' in value) return value.items;
  throw new PythonError('TypeError', `'${typeName(value)}' object is not iterable`);
}
