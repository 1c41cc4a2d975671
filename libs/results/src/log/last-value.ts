import { closeSync, openSync, readSync } from 'node:fs';
import type { JsonObject } from '@mixlab/contracts';
import { foreignLogs } from '../run/trial-log.ts';
import { isUnchanged, stampOf, stampOfOpen } from '../run/stamp.ts';
import type { Stamp } from '../run/stamp.ts';
import { fieldOf, nameIn } from './field.ts';

/** How much of the end of a log is looked at: some lines, then some hundred. */
const TAILS = [1 << 11, 1 << 16];
const VAL = '"val"';
const NEWLINE = 0x0a;
const tail = Buffer.allocUnsafe(1 << 16);

/** The newest values of metrics in logs; a log that has not changed since it was asked for is not read again. */
export class LastValues {
  readonly #known = new Map<
    string,
    { readonly metric: string; readonly stamp: Stamp; readonly value: number | null }
  >();

  /**
   * The value of a metric in the newest whole evaluation line near the end of a run directory's log, whose lines may be
   * interleaved or cut off; null where there is none. For a look at many logs: `readTrialLog` accounts for every line.
   */
  read(directory: string, metric: string): number | null {
    const value = this.#readLog(`${directory}/log.jsonl`, metric);
    if (value !== undefined) return value;
    const newest = foreignLogs(directory).at(-1);
    return newest === undefined ? null : (this.#readLog(`${directory}/${newest}`, metric) ?? null);
  }

  /** Undefined where there is no such file. */
  #readLog(path: string, metric: string): number | null | undefined {
    const known = this.#known.get(path);
    if (known?.metric === metric && isUnchanged(known.stamp, stampOf(path))) return known.value;
    let file: number;
    try {
      file = openSync(path, 'r');
    } catch {
      return undefined;
    }
    try {
      const stamp = stampOfOpen(file);
      const value = valueNearEnd(file, stamp.size, metric);
      this.#known.set(path, { metric, stamp, value });
      return value;
    } finally {
      closeSync(file);
    }
  }
}

function valueNearEnd(file: number, size: number, metric: string): number | null {
  for (const bytes of TAILS) {
    const length = readSync(file, tail, 0, bytes, Math.max(0, size - bytes));
    const value = newestValue(tail.subarray(0, length), metric);
    if (value !== undefined) return value;
    if (size <= bytes) break;
  }
  return null;
}

/** Looks at evaluation lines alone, from the last one on: most lines are of training. */
function newestValue(text: Buffer, metric: string): number | undefined {
  for (let at = text.lastIndexOf(VAL); at >= 0;) {
    const begin = text.lastIndexOf(NEWLINE, at) + 1;
    const end = text.indexOf(NEWLINE, at);
    const value = valueIn(text.toString('utf8', begin, end < 0 ? text.length : end), metric);
    if (value !== undefined) return value;
    if (begin === 0) return undefined;
    at = text.lastIndexOf(VAL, begin - 1);
  }
  return undefined;
}

function valueIn(line: string, metric: string): number | undefined {
  try {
    const fields = JSON.parse(line) as JsonObject;
    return fields['mode'] === 'val' ? fieldOf({ fields }, nameIn([{ fields }], metric)) : undefined;
  } catch {
    return undefined;
  }
}
