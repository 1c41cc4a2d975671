import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { execa, type ResultPromise } from 'execa';

const script = fileURLToPath(new URL('fixtures/generate.ts', import.meta.url));

export interface GeneratingProcess {
  readonly process: Pick<ResultPromise, 'kill' | 'pid'>;
  /** Resolves when it holds the lock and starts to write. */
  readonly writing: Promise<unknown>;
  /** What it printed and its exit code, null where a signal ended it. */
  readonly done: Promise<{ readonly lines: readonly string[]; readonly code: number | null }>;
}

export interface Generation {
  readonly out: string;
  readonly version: string;
  readonly count: number;
  /** How long it pauses before its last file. */
  readonly holdMs?: number;
  /** How long it waits for another generation. */
  readonly waitMs?: number;
}

/** Starts a real process that generates `count` files and a plan, all of which say `version`. */
export function startGeneration({
  out,
  version,
  count,
  holdMs = 0,
  waitMs = 0,
}: Generation): GeneratingProcess {
  const args = [out, version, count, holdMs, waitMs].map(String);
  const child = execa(process.execPath, ['--import', 'tsx', script, ...args], {
    buffer: false,
    reject: false,
  });
  child.stderr.pipe(process.stderr);
  const lines: string[] = [];
  const input = createInterface({ input: child.stdout });
  input.on('line', (line) => lines.push(line));
  const writing = once(input, 'line');
  const done = once(child, 'close').then(([code]) => ({ lines, code: code as number | null }));
  return { process: child, writing, done };
}
