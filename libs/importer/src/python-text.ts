import { PythonError } from './python-error.ts';
import type { PythonValue } from './python-value.ts';

/** `str(value)` of Python, which is how values get into file names. */
export function pythonStr(value: PythonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** `repr(value)` of Python. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return stringRepr(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return floatRepr(value);
  switch (value.kind) {
    case 'list':
      return `[${value.items.map(pythonRepr).join(', ')}]`;
    case 'tuple':
      return `(${value.items.map(pythonRepr).join(', ')}${value.items.length === 1 ? ',' : ''})`;
    case 'set':
      return value.items.length > 0 ? `{${value.items.map(pythonRepr).join(', ')}}` : 'set()';
    case 'dict':
      return `{${[...value.entries.values()].map((entry) => `${pythonRepr(entry.key)}: ${pythonRepr(entry.value)}`).join(', ')}}`;
    default:
      throw new PythonError('TypeError', `the text of a ${value.kind} is not known`);
  }
}

/** The shortest digits that give the number again, as Python writes them: `1e-05`, `1e+16`, `100.0`. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const [mantissa = '', power = ''] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16)
    return `${signed(value)}${unsigned(mantissa)}e${exponentText(exponent)}`;
  const digits = unsigned(mantissa).replace('.', '');
  const text =
    exponent < 0
      ? `0.${'0'.repeat(-exponent - 1)}${digits}`
      : digits.length <= exponent + 1
        ? `${digits.padEnd(exponent + 1, '0')}.0`
        : `${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`;
  return signed(value) + text;
}

/** An exponent with a sign and at least two digits. */
export function exponentText(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function signed(value: number): string {
  return value < 0 || Object.is(value, -0) ? '-' : '';
}

function unsigned(text: string): string {
  return text.replace('-', '');
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inner = Array.from(text, (char) => {
    if (char === quote) return `\\${char}`;
    return escapes[char] ?? (isPrintable(char) ? char : escaped(char.codePointAt(0) ?? 0));
  });
  return quote + inner.join('') + quote;
}

function isPrintable(char: string): boolean {
  return char === ' ' || !/[\p{C}\p{Z}]/u.test(char);
}

function escaped(code: number): string {
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
