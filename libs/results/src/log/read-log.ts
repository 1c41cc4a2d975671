import { closeSync, openSync, readSync } from 'node:fs';
import { LogParser } from './log-parser.ts';
import type { Log } from './log-parser.ts';

/** One for all logs: nothing else runs while a log is read, and the parser keeps no view of it. */
const piece = Buffer.allocUnsafe(1 << 18);

/**
 * Reads a whole `log.jsonl` in pieces of 256 KiB: a file of any size in little memory. Throws only what the file
 * system throws; whatever stands in the file is accounted for.
 */
export function readLog(path: string): Log {
  const parser = new LogParser();
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const length = readSync(file, piece, 0, piece.length, null);
      if (length === 0) return parser.finish();
      parser.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
