import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const LOG = /^([1-9][0-9]{0,8})\.log$/;
const block = Buffer.allocUnsafe(1 << 16);

export interface AttemptOutputOptions {
  /** Only what this attempt prints; by default the newest one's and all later ones'. */
  readonly attempt?: number | undefined;
  /** Only so many of the lines that are there already. */
  readonly lines?: number | undefined;
}

/** What the attempts of one trial print, from `attempts/<n>.log` of its run directory, as it grows. */
export class AttemptOutput {
  readonly #folder: string;
  readonly #only: number | undefined;
  readonly #lines: number | undefined;
  #attempt = 0;
  #offset = 0;
  #decoder = new StringDecoder('utf8');

  /** `directory` is `…/<run>/trial<k>`, and need not be there yet. */
  constructor(directory: string, { attempt, lines }: AttemptOutputOptions = {}) {
    this.#folder = join(directory, 'attempts');
    this.#only = attempt;
    this.#lines = lines;
  }

  /** The attempt that was read last; 0 before the first. */
  get attempt(): number {
    return this.#attempt;
  }

  /**
   * Gives `take` what has come since the last time, piece by piece, with the attempt that printed it. Throws what the file
   * system throws, but not for what is not there.
   */
  read(take: (text: string, attempt: number) => void): void {
    const there = this.attempts();
    const from = this.#attempt > 0 ? this.#attempt : (this.#only ?? there.at(-1) ?? 0);
    for (const attempt of there.filter((each) => (this.#only ? each === this.#only : each >= from)))
      this.#readAttempt(attempt, take);
  }

  /** Which attempts have printed something, or were about to. */
  attempts(): number[] {
    try {
      return readdirSync(this.#folder)
        .flatMap((name) => LOG.exec(name)?.[1] ?? [])
        .map(Number)
        .sort((a, b) => a - b);
    } catch (error) {
      if (isAbsent(error)) return [];
      throw error;
    }
  }

  #readAttempt(attempt: number, take: (text: string, attempt: number) => void): void {
    let file: number;
    try {
      file = openSync(join(this.#folder, `${attempt}.log`), 'r');
    } catch (error) {
      if (isAbsent(error)) return;
      throw error;
    }
    try {
      if (attempt !== this.#attempt) {
        this.#offset = this.#attempt === 0 && this.#lines !== undefined ? startOfLast(file, this.#lines) : 0;
        this.#attempt = attempt;
        this.#decoder = new StringDecoder('utf8');
      }
      for (;;) {
        const length = readSync(file, block, 0, block.length, this.#offset);
        if (length === 0) return;
        this.#offset += length;
        take(this.#decoder.write(block.subarray(0, length)), attempt);
      }
    } finally {
      closeSync(file);
    }
  }
}

/** Where the last `lines` lines of an open file begin; one that is not finished counts. */
function startOfLast(file: number, lines: number): number {
  const { size } = fstatSync(file);
  if (lines === 0) return size;
  let left = lines;
  for (let end = size; end > 0;) {
    const begin = Math.max(0, end - block.length);
    const length = readSync(file, block, 0, end - begin, begin);
    for (let at = length - 1; at >= 0; at--) {
      // The end of the last line begins no other.
      if (block[at] !== 0x0a || begin + at === size - 1) continue;
      left -= 1;
      if (left === 0) return begin + at + 1;
    }
    end = begin;
  }
  return 0;
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
