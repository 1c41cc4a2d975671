import type { JsonObject } from '@mixlab/contracts';

/** Where a training stood when it wrote a line. */
export interface LinePosition {
  readonly attempt: number;
  /** Counts from 1. */
  readonly epoch: number;
  readonly step: number;
}

/** A `train` or `val` line: one evaluation of the weights, if it is a `val` line. */
export interface Measurement extends LinePosition {
  /** The whole line; numbers that are not finite stand as null. */
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
}

/** What one line of `log.jsonl` is. `joined`: whole, but behind the torn end of another line. */
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
 * missing step for 0. Python's `NaN` and `Infinity` become null.
 */
export function parseLine(text: string): ParsedLine {
  if (text.trim() === '') return blank;
  const whole = parseObject(text);
  if (whole) return classify(whole, false);
  // A killed writer leaves half a line, and the next attempt's first line continues it.
  const start = text.lastIndexOf('{"mode"');
  const rest = start > 0 ? parseObject(text.slice(start)) : undefined;
  return rest ? classify(rest, true) : malformed;
}

function classify(fields: JsonObject, joined: boolean): ParsedLine {
  const { mode, attempt, epoch, step = 0 } = fields;
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
    };
    return { kind: 'env', environment, joined };
  }
  if (!isCount(epoch, 1) || !isCount(step, 0)) return invalid;
  return { kind: mode, measurement: { attempt, epoch, step, fields }, joined };
}

function countIn(fields: JsonObject, name: string): number | null {
  const value = fields[name];
  return isCount(value, 1) ? value : null;
}

function isCount(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function parseObject(text: string): JsonObject | undefined {
  const value = parseJson(text) ?? parseJson(withoutNonFinite(text));
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Python writes NaN and Infinity as they are, which JSON does not know; strings stay untouched. */
function withoutNonFinite(text: string): string {
  if (!/NaN|Infinity/.test(text)) return text;
  return text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : 'null',
  );
}
