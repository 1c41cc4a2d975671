import { closeSync, openSync, readSync } from 'node:fs';
import { isUnchanged, stampOf, stampOfOpen } from '../run/stamp.ts';
import type { Stamp } from '../run/stamp.ts';
import { mixlabLog } from './dialect.ts';
import type { LogDialect } from './dialect.ts';
import { LogParser } from './log-parser.ts';
import type { Log } from './log-parser.ts';

/** One for all logs: nothing else runs while a log is read, and the parser keeps no view of it. Larger ones leave the cache. */
const piece = Buffer.allocUnsafe(1 << 16);
/** What is compared of a file that has grown: its first bytes, and those before the place where reading goes on. */
const PROOF_BYTES = 256;
const proof = Buffer.allocUnsafe(PROOF_BYTES);

/**
 * Follows one log: each look reads what was appended since the last one, in pieces of 64 KiB, so that a file of any
 * size needs little memory. A file that was replaced, cut or changed in what was read of it is read anew.
 */
export class LogReader {
  readonly #path: string;
  readonly #dialect: LogDialect;
  #parser: LogParser;
  #stamp: Stamp | undefined;
  #log: Log | undefined;
  #position = 0;
  #head: Buffer = Buffer.alloc(0);
  #last: Buffer = Buffer.alloc(0);

  constructor(path: string, dialect: LogDialect = mixlabLog) {
    this.#path = path;
    this.#dialect = dialect;
    this.#parser = new LogParser(dialect);
  }

  /** Throws only what the file system throws; whatever stands in the file is accounted for. */
  read(): Log {
    if (this.#log && isUnchanged(this.#stamp, stampOf(this.#path))) return this.#log;
    const file = openSync(this.#path, 'r');
    try {
      const stamp = stampOfOpen(file);
      if (!this.#goesOn(file, stamp)) this.#startAnew();
      while (!this.#readRest(file)) this.#startAnew();
      this.#stamp = stamp;
      this.#log = this.#parser.finish();
      return this.#log;
    } finally {
      closeSync(file);
    }
  }

  #goesOn(file: number, { ino, size }: Stamp): boolean {
    if (this.#position === 0) return true;
    if (ino !== this.#stamp?.ino || size < this.#position) return false;
    return isAt(file, this.#head, 0) && isAt(file, this.#last, this.#position - this.#last.length);
  }

  #startAnew(): void {
    this.#parser = new LogParser(this.#dialect);
    this.#log = undefined;
    this.#position = 0;
    this.#head = Buffer.alloc(0);
    this.#last = Buffer.alloc(0);
  }

  /** False where the file must be read anew. */
  #readRest(file: number): boolean {
    for (;;) {
      const length = readSync(file, piece, 0, piece.length, this.#position);
      if (length === 0) return true;
      const come = piece.subarray(0, length);
      if (!this.#parser.push(come)) return false;
      this.#position += length;
      if (this.#head.length < PROOF_BYTES)
        this.#head = Buffer.concat([this.#head, come.subarray(0, PROOF_BYTES - this.#head.length)]);
      const last = come.subarray(-PROOF_BYTES);
      this.#last = Buffer.concat([this.#last, last]).subarray(-PROOF_BYTES);
    }
  }
}

function isAt(file: number, bytes: Buffer, position: number): boolean {
  const length = readSync(file, proof, 0, bytes.length, position);
  return length === bytes.length && bytes.equals(proof.subarray(0, length));
}

/** Reads a whole log once: see `LogReader`. */
export function readLog(path: string, dialect: LogDialect = mixlabLog): Log {
  return new LogReader(path, dialect).read();
}
