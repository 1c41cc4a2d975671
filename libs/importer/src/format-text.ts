import { NotEvaluated, PythonError } from './python-error.ts';
import { exponentText, floatRepr, pythonRepr, pythonStr } from './python-text.ts';
import type { PythonValue } from './python-value.ts';
import { typeName } from './python-value.ts';
import { fixed } from './rounding.ts';

const SPEC =
  /^(?:(?<fill>[^{}])?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alt>#)?(?<zero>0)?(?<width>\d+)?(?<group>[,_])?(?:\.(?<precision>\d+))?(?<type>[bcdeEfFgGnosxX%])?$/u;

interface Spec {
  readonly fill?: string;
  readonly align?: string;
  readonly sign?: string;
  readonly alt?: string;
  readonly zero?: string;
  readonly width?: string;
  readonly group?: string;
  readonly precision?: string;
  readonly type?: string;
}

/** `format(value, spec)` of Python. */
export function formatValue(value: PythonValue, spec: string): string {
  if (spec === '') return pythonStr(value);
  const parts = SPEC.exec(spec)?.groups as Spec | undefined;
  if (!parts) throw new PythonError('ValueError', `Invalid format specifier '${spec}'`);
  if (typeof value === 'string') return pad(cut(value, parts), '', { ...parts, align: parts.align ?? '<' });
  if (typeof value === 'boolean' && !parts.type) return formatValue(value ? 1n : 0n, spec);
  const number = typeof value === 'boolean' ? (value ? 1n : 0n) : value;
  if (typeof number !== 'number' && typeof number !== 'bigint')
    throw new PythonError('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
  const isNegative = number < 0 || Object.is(number, -0);
  const sign = isNegative ? '-' : parts.sign === '+' || parts.sign === ' ' ? parts.sign : '';
  return pad(digits(number, parts), sign, parts);
}

function digits(value: number | bigint, spec: Spec): string {
  const text = unsignedDigits(value, spec);
  if (!spec.group) return text;
  const [whole = '', ...rest] = text.split('.');
  return [whole.replace(/\B(?=(\d{3})+$)/g, spec.group), ...rest].join('.');
}

function unsignedDigits(value: number | bigint, { type, precision, alt }: Spec): string {
  const isInt = typeof value === 'bigint';
  if (isInt && (type === undefined || 'bdnoxX'.includes(type))) {
    const base = { b: 2, o: 8, x: 16, X: 16 }[type ?? 'd'] ?? 10;
    const text = String((value < 0n ? -value : value).toString(base));
    const prefix = alt && base !== 10 ? `0${type}` : '';
    return prefix + (type === 'X' ? text.toUpperCase() : text);
  }
  if (alt) throw new NotEvaluated('a format of a float with `#` is not evaluated');
  const number = Math.abs(Number(value));
  if (!Number.isFinite(number)) return floatRepr(number);
  const places = precision === undefined ? 6 : Number(precision);
  switch (type) {
    case 'f':
    case 'F':
      return fixed(number, places);
    case '%':
      return `${fixed(number * 100, places)}%`;
    case 'e':
    case 'E':
      return cased(exponential(number, places), type);
    case 'g':
    case 'G':
    case 'n':
      return cased(general(number, places), type);
    case undefined:
      if (precision === undefined) return floatRepr(number);
      // With one digit fewer than 'g', it takes an exponent.
      return withPoint(general(number, places, 1));
    default:
      throw new PythonError('ValueError', `Unknown format code '${type}' for object of type 'float'`);
  }
}

function exponential(value: number, places: number): string {
  const [mantissa = '', power = ''] = value.toExponential(places).split('e');
  return `${mantissa}e${exponentText(Number(power))}`;
}

/** As `%g`: `places` significant digits, without zeros at the end. */
function general(value: number, places: number, reserved = 0): string {
  const precision = Math.max(places, 1);
  const exponent = value === 0 ? 0 : Number(value.toExponential(precision - 1).split('e')[1]);
  if (exponent < -4 || exponent >= precision - reserved) {
    const [mantissa = '', power = ''] = exponential(value, precision - 1).split('e');
    return `${trimmed(mantissa)}e${power}`;
  }
  return trimmed(fixed(value, precision - 1 - exponent));
}

function trimmed(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function withPoint(text: string): string {
  return /[.e]/.test(text) ? text : `${text}.0`;
}

function cased(text: string, type: string): string {
  return type === type.toUpperCase() ? text.toUpperCase() : text;
}

function cut(text: string, { precision }: Spec): string {
  return precision === undefined ? text : Array.from(text).slice(0, Number(precision)).join('');
}

function pad(text: string, sign: string, spec: Spec): string {
  const missing = Math.max(0, Number(spec.width ?? 0) - Array.from(sign + text).length);
  const fill = (spec.fill ?? (spec.zero ? '0' : ' ')).repeat(missing);
  switch (spec.align ?? (spec.zero ? '=' : '>')) {
    case '<':
      return sign + text + fill;
    case '^': {
      const left = Math.floor(missing / 2);
      return fill.slice(0, left) + sign + text + fill.slice(left);
    }
    case '=':
      return sign + fill + text;
    default:
      return fill + sign + text;
  }
}

/** `template.format(…)`: `value` gives what a field such as `0`, `name` or `a[key]` stands for. */
export function formatTemplate(template: string, value: (field: string) => PythonValue): string {
  let next = 0;
  return template.replace(
    /\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/g,
    (whole, field: string | undefined, conversion: string | undefined, spec: string | undefined) => {
      if (whole === '{{' || whole === '}}') return whole.charAt(0);
      if (field === undefined) throw new PythonError('ValueError', `Single '${whole}' in format string`);
      const named = (name: string) => value(/^(?![^.[])/.test(name) ? `${next++}${name}` : name);
      const given = named(field);
      const inner = (spec ?? '').replace(/\{([^{}]*)\}/g, (_, name: string) => pythonStr(named(name)));
      return formatValue(converted(given, conversion), inner);
    },
  );
}

/** What `!r` or `!s` makes of a value before it is formatted. */
export function converted(value: PythonValue, conversion: string | undefined): PythonValue {
  if (conversion === undefined) return value;
  return conversion === 's' ? pythonStr(value) : pythonRepr(value);
}

/** `template % values`: `value` gives the next value, or the one of a name. */
export function formatPercent(template: string, value: (name?: string) => PythonValue): string {
  const field =
    /%(?:\((?<name>[^)]*)\))?(?<flags>[-+ #0]*)(?<width>\d+)?(?:\.(?<precision>\d+))?(?<type>[a-zA-Z%])/g;
  return template.replace(field, (whole, ...rest) => {
    const {
      name,
      flags,
      width = '',
      precision,
      type,
    } = rest.at(-1) as Record<string, string> & {
      flags: string;
      type: string;
    };
    if (type === '%') return '%';
    const given = value(name);
    const align = flags.includes('-') ? '<' : flags.includes('0') ? '' : '>';
    const zero = flags.includes('0') && align === '' ? '0' : '';
    const sign = /[+ ]/.exec(flags)?.[0] ?? '';
    const point = precision === undefined ? '' : `.${precision}`;
    if ('sra'.includes(type)) {
      const text = type === 's' ? pythonStr(given) : pythonRepr(given);
      return formatValue(text, `${align || '>'}${width}${point}`);
    }
    if ('diu'.includes(type)) {
      if (typeof given !== 'bigint' && typeof given !== 'number' && typeof given !== 'boolean')
        throw new PythonError('TypeError', `%${type} format: a number is required, not ${typeName(given)}`);
      const whole = typeof given === 'bigint' ? given : BigInt(Math.trunc(Number(given)));
      if (precision === undefined) return formatValue(whole, `${align}${sign}${zero}${width}`);
      const wide = Number(precision) + (sign || whole < 0n ? 1 : 0);
      const digits = formatValue(whole, `${sign}0${Math.max(wide, zero ? Number(width) : 0)}`);
      return formatValue(digits, `${align === '<' ? '<' : '>'}${width}`);
    }
    if (flags.includes('#')) throw new NotEvaluated('a format with `#` is not evaluated');
    if (!'eEfFgGxXo'.includes(type)) throw new PythonError('ValueError', `unsupported format ${whole}`);
    return formatValue(given, `${align}${sign}${zero}${width}${point}${type}`);
  });
}
