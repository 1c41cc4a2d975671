import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parseLine } from '../log/log-line.ts';
import type { EnvironmentLine, Measurement, ParsedLine } from '../log/log-line.ts';

/** How long a kind of work takes on a device, in seconds. */
export interface Measure {
  /** Name of the GPU, or `cpu`. */
  readonly device: string;
  /** Processes, a GPU each. */
  readonly ranks: number;
  readonly secondsPerStep: number;
  readonly stepsPerEpoch: number;
  /** Null where that is not known. */
  readonly secondsPerEvaluation: number | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Hours that `epochs` with `evaluations` of them evaluated take, times processes: GPU-hours on GPUs. */
export function processHours(
  { stepsPerEpoch, secondsPerStep, secondsPerEvaluation, ranks }: Measure,
  epochs: number,
  evaluations: number,
): number {
  const seconds = epochs * stepsPerEpoch * secondsPerStep + evaluations * (secondsPerEvaluation ?? 0);
  return (seconds * ranks) / 3600;
}

/** What a log tells of the pace of its newest attempt, and how far that came. */
export interface LoggedPace {
  /** Null where the log does not tell all of it. */
  readonly measure: Measure | null;
  /** The newest logged step, within its epoch, which counts from 1. */
  readonly last: { readonly epoch: number; readonly step: number } | null;
}

/** How much of a log is read: where its first attempt begins, and some hundred lines at its end. */
const HEAD_BYTES = 1 << 12;
const TAIL_BYTES = 1 << 16;

/**
 * Reads the pace off a log's end: the mean of the intervals of its newest attempt, but for that attempt's first, in which
 * a training still starts. Never throws: lines that cannot be read are passed over.
 */
export function readPace(path: string): LoggedPace {
  const ends = readEnds(path);
  if (ends === undefined) return { measure: null, last: null };
  const environments = new Map<number, EnvironmentLine>();
  const trained: Measurement[] = [];
  const evaluated: Measurement[] = [];
  for (const line of [...linesOf(ends.head), ...linesOf(ends.tail)])
    if (line.kind === 'env') environments.set(line.environment.attempt, line.environment);
  for (const line of linesOf(ends.tail)) {
    if (line.kind === 'train') trained.push(line.measurement);
    if (line.kind === 'val') evaluated.push(line.measurement);
  }
  const newest = Math.max(0, ...trained.map(({ attempt }) => attempt));
  const intervals = trained.filter(({ attempt }) => attempt === newest);
  const environment = environments.get(newest) ?? [...environments.values()].at(-1);
  const newestOf = evaluated.filter(({ attempt }) => attempt === newest);
  const secondsPerStep = meanStep(intervals);
  const stepsPerEpoch = environment?.stepsPerEpoch ?? newestOf.at(-1)?.step ?? null;
  const times = newestOf.flatMap(({ fields }) => positive(fields['time']));
  const known = environment?.device && environment.ranks && secondsPerStep && stepsPerEpoch;
  const end = intervals.at(-1);
  return {
    measure: known
      ? {
          device: environment.device,
          ranks: environment.ranks,
          secondsPerStep,
          stepsPerEpoch,
          secondsPerEvaluation: times.length > 0 ? sum(times) / times.length : null,
          at: ends.changedAt,
        }
      : null,
    last: end ? { epoch: end.epoch, step: end.step } : null,
  };
}

function meanStep(intervals: readonly Measurement[]): number | null {
  const timed = intervals.flatMap(({ epoch, step, fields }, index) => {
    const [seconds] = positive(fields['time']);
    const before = intervals[index - 1];
    const steps = step - (before?.epoch === epoch ? before.step : 0);
    return seconds === undefined || steps <= 0 ? [] : [{ seconds, steps }];
  });
  // What was read may begin in the middle of an epoch, so that the first interval's steps are not known, either.
  const counted = timed.length > 1 ? timed.slice(1) : timed;
  const steps = sum(counted.map((each) => each.steps));
  return steps > 0 ? sum(counted.map((each) => each.seconds * each.steps)) / steps : null;
}

interface Ends {
  /** Empty where all of the log is in its tail. */
  readonly head: string;
  readonly tail: string;
  readonly changedAt: number;
}

function readEnds(path: string): Ends | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size, mtimeMs } = fstatSync(file);
    const from = Math.max(0, size - TAIL_BYTES);
    return {
      head: from > 0 ? read(file, 0, HEAD_BYTES) : '',
      tail: read(file, from, size - from),
      changedAt: mtimeMs,
    };
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}

/** A line that is cut is no JSON, and passed over. */
function linesOf(text: string): ParsedLine[] {
  return text.split('\n').map((line) => parseLine(line));
}

function read(file: number, from: number, bytes: number): string {
  const piece = Buffer.alloc(bytes);
  return piece.toString('utf8', 0, readSync(file, piece, 0, bytes, from));
}

function positive(value: unknown): number[] {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? [value] : [];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
