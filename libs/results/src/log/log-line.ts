import type { JsonObject } from '@mixlab/contracts';
import { mixlabLog } from './dialect.ts';
import type { LogDialect } from './dialect.ts';

/** Where a training stood when it wrote a line. */
export interface LinePosition {
  readonly attempt: number;
  /** Counts from 1. */
  readonly epoch: number;
  readonly step: number;
}

/** A `train` or `val` line: one evaluation of the weights, if it is a `val` line. */
export interface Measurement extends LinePosition {
  /** The whole line. Python's `NaN` and `Infinity` are the numbers that they are. */
  readonly fields: JsonObject;
}

/** An `env` line: what an attempt ran on. */
export interface EnvironmentLine {
  readonly attempt: number;
  /** How many images the statistics of batch norm were of; null without batch norm, or where the log is older. */
  readonly batchNormImages: number | null;
  /** Null where the log is older. */
  readonly stepsPerEpoch: number | null;
  /** Name of the GPU, or `cpu`; null where the line does not tell. */
  readonly device: string | null;
  /** Processes, a GPU each; null where the line does not tell. */
  readonly ranks: number | null;
  /** OpenMixup's: the epoch that the training goes on after, null for a fresh one. */
  readonly resumedAfter: number | null;
}

/** What one line of a log is. `joined`: whole, but behind the torn end of another line. */
export type ParsedLine =
  | { readonly kind: 'env'; readonly environment: EnvironmentLine; readonly joined: boolean }
  | { readonly kind: 'train' | 'val'; readonly measurement: Measurement; readonly joined: boolean }
  | { readonly kind: 'other'; readonly joined: boolean }
  | { readonly kind: 'blank' | 'malformed' | 'invalid' };

const blank: ParsedLine = { kind: 'blank' };
const malformed: ParsedLine = { kind: 'malformed' };
const invalid: ParsedLine = { kind: 'invalid' };

/**
 * Reads one line, never throws. Accepts what contracts' `logLineSchema` accepts (checked by hand: a log has a
 * line an epoch and a table reads ten thousand logs), requires an epoch on `train` and `val` lines, and takes a
 * missing step for 0. OpenMixup's lines have an `iter` for a step, no attempt, and the first one no mode.
 */
export function parseLine(text: string, dialect: LogDialect = mixlabLog): ParsedLine {
  if (text.trim() === '') return blank;
  const whole = parseObject(text);
  if (whole) return classify(whole, dialect, false);
  // A killed writer leaves half a line, and the next attempt's first line continues it.
  const start = text.lastIndexOf('{"mode"');
  const rest = start > 0 ? parseObject(text.slice(start)) : undefined;
  return rest ? classify(rest, dialect, true) : malformed;
}

function classify(fields: JsonObject, dialect: LogDialect, joined: boolean): ParsedLine {
  const foreign = dialect.name === 'openmixup';
  const mode = foreign && isFirstLine(fields) ? 'env' : fields['mode'];
  const attempt = foreign ? 1 : fields['attempt'];
  const { epoch } = fields;
  const step = fields[dialect.position[1]] ?? 0;
  if (typeof mode !== 'string') return invalid;
  if (mode !== 'env' && mode !== 'train' && mode !== 'val') return { kind: 'other', joined };
  if (!isCount(attempt, 1)) return invalid;
  if (mode === 'env') {
    const environment = {
      attempt,
      batchNormImages: countIn(fields, 'batchNormImages'),
      stepsPerEpoch: countIn(fields, 'stepsPerEpoch'),
      device: typeof fields['device'] === 'string' ? fields['device'] : null,
      ranks: countIn(fields, 'ranks'),
      resumedAfter: foreign ? countIn(fields, 'epoch') : null,
    };
    return { kind: 'env', environment, joined };
  }
  if (!isCount(epoch, 1) || !isCount(step, 0)) return invalid;
  return { kind: mode, measurement: { attempt, epoch, step, fields }, joined };
}

function isFirstLine(fields: JsonObject): boolean {
  return fields['mode'] === undefined && ['env_info', 'config', 'exp_name'].some((name) => name in fields);
}

function countIn(fields: JsonObject, name: string): number | null {
  const value = fields[name];
  return isCount(value, 1) ? value : null;
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text) ?? parseNonFinite(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function parseJson(text: string, reviver?: (key: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    return undefined;
  }
}

/** Marks a number that JSON has no word for; no writer of logs begins a string so. */
const MARK = '\u0001';

/** Python writes NaN and Infinity as they are, which JSON does not know; strings stay untouched. */
function parseNonFinite(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return undefined;
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"\\u0001${token}"`,
  );
  return parseJson(marked, (_, value) =>
    typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(1)) : value,
  );
}
