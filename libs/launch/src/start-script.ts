import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { execa } from 'execa';

export interface ScriptOptions {
  /** Absolute path of a generated launch script. */
  readonly script: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** By default that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What the script reads from its standard input; nothing by default. */
  readonly input?: string | undefined;
  /** A file that takes all that the script prints, appended; by default it prints where this process does. */
  readonly output?: string | undefined;
}

/** A launch script at work. */
export interface StartedScript {
  readonly pid: number;
  /** Its exit code; 128 + n where signal n ended it. */
  readonly ended: Promise<number>;
  /** Nothing happens once it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Lets this process end before the script does. */
  leave(): void;
}

/**
 * Starts a launch script in a session of its own: what a terminal sends does not reach it, and it outlives this process,
 * however that ends. Resolves when the script has its input. Throws where bash or the file of its output
 * cannot be opened.
 */
export async function startScript(options: ScriptOptions): Promise<StartedScript> {
  const { script, args, cwd, env, input, output } = options;
  // The script gets the open file itself: a pipe would end with this process.
  const file = output === undefined ? undefined : await openFile(output);
  const child = execa('bash', [script, ...args], {
    cwd,
    env: definedOf(env ?? process.env),
    extendEnv: false,
    stdin: input === undefined ? 'ignore' : 'pipe',
    stdout: file ?? 'inherit',
    stderr: file ?? 'inherit',
    buffer: false,
    detached: true,
    cleanup: false,
    reject: false,
  });
  file?.close();
  const ended = child.then((result) => {
    if (result.exitCode !== undefined) return result.exitCode;
    if (result.signal !== undefined) return 128 + constants.signals[result.signal];
    throw result.cause ?? result;
  });
  if (child.pid === undefined) throw (await child).cause;
  if (child.stdin) await give(child.stdin, input ?? '');
  return {
    pid: child.pid,
    ended,
    signal: (signal) => void child.kill(signal),
    leave: () => child.unref(),
  };
}

function definedOf(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function openFile(path: string): Promise<WriteStream> {
  const file = createWriteStream(path, { flags: 'a' });
  await once(file, 'open');
  return file;
}

/** Ends well, too, where the other side has gone without reading all. */
function give(stdin: Writable, input: string): Promise<void> {
  return new Promise((resolve) => {
    stdin.on('error', () => resolve());
    stdin.end(input, () => resolve());
  });
}
