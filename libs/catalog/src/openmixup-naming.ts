import type { JsonObject, JsonValue } from '@mixlab/contracts/json';
import type { FileNaming } from '@mixlab/contracts/sweep-schema';

/** What the names of OpenMixup's config generator are made of. */
export interface OpenMixupNames {
  /** The base config, relative to the checkout: `configs/classification/cifar10/mixups/basic/r18_mixups_CE_none.py`. */
  readonly base: string;
  /** Paths whose values make a folder each, as those of `model_var` do; all others become part of a file's name. */
  readonly folders?: readonly string[];
  /** Words of file names, and what stands for them: `{ max_epochs: 'ep' }`. */
  readonly abbreviations?: Readonly<Record<string, string>>;
  /**
   * How Python spells values where their JSON does not tell, by path and JSON: `{ 'model.alpha': { '1': '1.0' } }`. So they
   * are spelt in the files, too.
   */
  readonly spelling?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A part of a path is at most 255 bytes; the rest is room for a hash and an ending. */
const MAX_PART = 200;

/**
 * The files of OpenMixup's `ConfigGenerator`: `<folder of base>/<backbone>/<last key><value>/<base>_<last key><value>….json`.
 * Other than there, the folder of the base config keeps its dots, and what a file system or its shell scripts would
 * stumble over becomes `_`.
 */
export function openMixupNaming({
  base,
  folders = [],
  abbreviations = {},
  spelling,
}: OpenMixupNames): FileNaming {
  const slash = base.lastIndexOf('/') + 1;
  const prefix = base.slice(slash).split('.', 1)[0] as string;
  const top = `${base.slice(0, slash)}${prefix.split('_', 1)[0]}`;
  const part = (config: JsonObject, path: string): string => {
    const keys = path.split('.');
    const value = valueAt(config, keys);
    const known = spelling?.[path]?.[JSON.stringify(value)];
    return safe(`${keys.at(-1)}${known ?? pythonStr(value)}`);
  };
  return {
    name: 'openmixup',
    path(config, varied) {
      let path = top;
      for (const folder of varied) if (folders.includes(folder)) path += `/${part(config, folder)}`;
      let parameters = '';
      for (const other of varied) if (!folders.includes(other)) parameters += `_${part(config, other)}`;
      for (const [word, short] of Object.entries(abbreviations))
        parameters = parameters.replaceAll(word, portable(short));
      return `${path}/${`${prefix}${parameters}`.slice(0, MAX_PART)}.json`;
    },
  };
}

/** A value in a part of a path; `.` becomes `_`, as in OpenMixup. */
function safe(text: string): string {
  return portable(text.replaceAll('.', '_'));
}

/** What is special to a shell or a file system becomes `_`. */
function portable(text: string): string {
  return text.replace(/[^\p{L}\p{N}_.+\-=,@%:[\]]+/gu, '_').slice(0, MAX_PART);
}

function valueAt(config: JsonObject, keys: readonly string[]): JsonValue {
  let value: JsonValue | undefined = config;
  for (const key of keys) {
    value = typeof value === 'object' && value !== null ? (value as JsonObject)[key] : undefined;
  }
  return value ?? null;
}

/** A value as Python's `str` writes it; a whole number as an int. */
export function pythonStr(value: JsonValue): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

function pythonRepr(value: JsonValue): string {
  if (value === null) return 'None';
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'number':
      return pythonNumber(value);
    case 'string':
      return quoted(value);
    default: {
      if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
      const entries = Object.entries(value as JsonObject);
      return `{${entries.map(([key, inner]) => `${quoted(key)}: ${pythonRepr(inner)}`).join(', ')}}`;
    }
  }
}

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`)}${quote}`;
}

/** A number as Python's `repr` writes it, a whole one as an int: with an exponent, of two digits at least, below 1e-4 and from 1e16 on. */
export function pythonNumber(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16)
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  return power < 0 ? value.toFixed(digits.replace(/[-.]/g, '').length - 1 - power) : String(value);
}
