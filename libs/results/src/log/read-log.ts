import { closeSync, openSync, readSync } from 'node:fs';
import { LogParser } from './log-parser.ts';
import type { Log } from './log-parser.ts';

const PIECE_BYTES = 1 << 18;

/**
 * Reads a whole `log.jsonl` in pieces of 256 KiB: a file of any size in little memory. Throws only what the file
 * system throws; whatever stands in the file is accounted for.
 */
export function readLog(path: string): Log {
  const parser = new LogParser();
  const file = openSync(path, 'r');
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const length = readSync(file, piece, 0, PIECE_BYTES, null);
      if (length === 0) return parser.finish();
      parser.push(piece.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
}
