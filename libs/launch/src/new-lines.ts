import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** Reads a file that another process appends to: each look gives the whole lines that have come since the last. */
export class NewLines {
  readonly #path: string;
  readonly #decoder = new StringDecoder('utf8');
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** None where the file is not there (yet). Throws what the file system throws otherwise. */
  read(): string[] {
    let file: number;
    try {
      file = openSync(this.#path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    try {
      const piece = Buffer.allocUnsafe(1 << 16);
      const lines: string[] = [];
      for (;;) {
        const length = readSync(file, piece, 0, piece.length, this.#offset);
        if (length === 0) return lines;
        this.#offset += length;
        const found = `${this.#rest}${this.#decoder.write(piece.subarray(0, length))}`.split('\n');
        this.#rest = found.pop() ?? '';
        lines.push(...found);
      }
    } finally {
      closeSync(file);
    }
  }
}
