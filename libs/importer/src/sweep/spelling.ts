import { pythonStr } from '../python-text.ts';
import { isKind, pyDict, pyList } from '../python-value.ts';
import type { PythonValue } from '../python-value.ts';

/**
 * Values whose Python text their JSON does not tell, as of `1.0` and of tuples: the JSON and the text of each. Where the
 * base has whole floats, whole numbers that are none are told, too.
 */
export function spellingOf(
  values: readonly PythonValue[],
  areFloats: boolean,
): (readonly [json: string, text: string])[] {
  return values.flatMap((value) => {
    const text = textOf(value);
    const isTold = text === textOf(fromJson(value)) && !(areFloats && holdsInt(value));
    return text === undefined || isTold ? [] : [[jsonText(value), text] as const];
  });
}

function holdsInt(value: PythonValue): boolean {
  return typeof value === 'bigint' || itemsOf(value)?.some(holdsInt) === true;
}

/** The JSON of a value; two with the same are one value to a config. */
export function jsonText(value: PythonValue): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = itemsOf(value);
  if (items) return `[${items.map(jsonText).join(',')}]`;
  if (!isKind(value, 'dict')) return `<${value.kind}>`;
  const entries = [...value.entries.values()];
  return `{${entries.map((entry) => `${JSON.stringify(pythonStr(entry.key))}:${jsonText(entry.value)}`).join(',')}}`;
}

/** What Python would read from the JSON of a value that was written from here. */
function fromJson(value: PythonValue): PythonValue {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  const items = itemsOf(value);
  if (items) return pyList(items.map(fromJson));
  if (!isKind(value, 'dict')) return value;
  return pyDict([...value.entries.values()].map((entry) => ({ ...entry, value: fromJson(entry.value) })));
}

function itemsOf(value: PythonValue): readonly PythonValue[] | undefined {
  const isSequence =
    isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'set') || isKind(value, 'range');
  return isSequence ? value.items : undefined;
}

function textOf(value: PythonValue): string | undefined {
  try {
    return pythonStr(value);
  } catch {
    // A function, for example, or what is not known: no file is named after it.
    return undefined;
  }
}
