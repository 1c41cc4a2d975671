// eslint-disable-next-line no-restricted-imports -- what authored files may call is replaced; nothing is started here
import childProcess, { type SpawnOptions, type StdioOptions } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { devNull } from 'node:os';
import { normalize } from 'node:path';
import tty from 'node:tty';
import { fileURLToPath } from 'node:url';
import workerThreads from 'node:worker_threads';
import { ConfigError } from '@mixlab/contracts';

type AnyFunction = (...args: never[]) => unknown;

/** Functions that write to the file that they are given by its descriptor or its path. */
const WRITERS = [
  'write',
  'writeSync',
  'writev',
  'writevSync',
  'writeFile',
  'writeFileSync',
  'appendFile',
  'appendFileSync',
] as const;

/** Functions that open a file by its path. */
const OPENERS = ['open', 'openSync'] as const;
/** Functions and classes that make a stream of a path, or of a descriptor among the options. */
const STREAMS = ['createWriteStream', 'WriteStream', 'FileWriteStream'] as const;
/** What a stream of this process writes with. */
const STREAM_WRITERS = ['write', '_write', '_writev'] as const;
const PROMISING_OPENERS = ['open', 'writeFile', 'appendFile'] as const;

/** Functions that let other programs write where this one does. */
const STARTERS = ['spawn', 'fork', 'spawnSync', 'execSync', 'execFileSync'] as const;

/** A thread has functions of its own, that nothing here reaches. */
class NoWorker {
  constructor() {
    const message =
      'this file starts a thread, and what that prints could be taken for the output of a command';
    throw new ConfigError([{ code: 'load-failed', message }]);
  }
}

/**
 * Lets all that would be printed on stdout go to the file of descriptor `to`, also by its number, and by other programs;
 * what opens stdout anew by its path writes nowhere, and threads are refused.
 *
 * @returns what ends it
 */
export function divertOutput(to: number): () => void {
  const { stdout, stderr } = process;
  const undo: (() => void)[] = [];
  const replace = <T extends object, K extends keyof T>(owner: T, key: K, by: (real: T[K]) => T[K]): void => {
    const real = owner[key];
    owner[key] = by(real);
    undo.push(() => (owner[key] = real));
  };
  for (const name of STREAM_WRITERS)
    if (to === 2 && stdout[name])
      replace(stdout as unknown as Record<string, unknown>, name, () => stderr[name]?.bind(stderr));
  for (const name of WRITERS)
    replace(fs as Record<string, unknown>, name, (real) => writer(real as AnyFunction, to));
  for (const name of OPENERS)
    replace(fs as Record<string, unknown>, name, (real) => opener(real as AnyFunction));
  for (const name of STREAMS)
    replace(fs as unknown as Record<string, unknown>, name, (real) => streamMaker(real as AnyFunction, to));
  replace(tty as Record<string, unknown>, 'WriteStream', (real) =>
    madeWith(real as AnyFunction, ([file, ...rest]) => [file === 1 ? 2 : file, ...rest]),
  );
  for (const name of PROMISING_OPENERS)
    replace(fs.promises as Record<string, unknown>, name, (real) => opener(real as AnyFunction));
  for (const name of STARTERS) {
    replace(childProcess as Record<string, unknown>, name, (real) =>
      starter(real as AnyFunction, name === 'fork', to),
    );
  }
  replace(workerThreads as { Worker: unknown }, 'Worker', () => NoWorker);
  syncBuiltinESMExports();
  return () => {
    for (const step of undo) step();
    syncBuiltinESMExports();
  };
}

function writer(real: AnyFunction, to: number): AnyFunction {
  return ((file: unknown, ...rest: never[]) =>
    real((file === 1 || isStdout(file) ? to : file) as never, ...rest)) as AnyFunction;
}

/** There is no second way to open what may be a socket: it goes nowhere. */
function opener(real: AnyFunction): AnyFunction {
  return ((file: unknown, ...rest: never[]) =>
    real((isStdout(file) ? devNull : file) as never, ...rest)) as AnyFunction;
}

function streamMaker(real: AnyFunction, to: number): AnyFunction {
  return madeWith(real, ([file, options, ...rest]) => {
    const { fd } = (options ?? {}) as { readonly fd?: unknown };
    const diverted = fd === 1 ? { ...(options as object), fd: to } : options;
    return [isStdout(file) ? devNull : file, diverted, ...rest];
  });
}

/** A function or class, called with other arguments. */
function madeWith(real: AnyFunction, change: (args: unknown[]) => unknown[]): AnyFunction {
  return new Proxy(real, {
    apply: (target, self, args: unknown[]): unknown => Reflect.apply(target, self, change(args) as never[]),
    construct: (target, args: unknown[], made) => Reflect.construct(target, change(args), made) as object,
  });
}

/** Whether a path leads to where this process's stdout does, as `/dev/stdout` and a dozen others do. */
function isStdout(file: unknown): boolean {
  const path = pathOf(file);
  if (path === undefined) return false;
  try {
    const [there, ours] = [fs.statSync(path), fs.fstatSync(1)];
    return there.dev === ours.dev && there.ino === ours.ino;
  } catch {
    return false;
  }
}

/** The path that a string, a URL or bytes name; undefined for anything else. */
function pathOf(file: unknown): string | undefined {
  if (file instanceof URL) return file.protocol === 'file:' ? normalize(fileURLToPath(file)) : undefined;
  if (typeof file === 'string') return normalize(file);
  return file instanceof Uint8Array ? normalize(Buffer.from(file).toString()) : undefined;
}

function starter(real: AnyFunction, isFork: boolean, to: number): AnyFunction {
  return ((...args: unknown[]) => {
    const at = args.findIndex((arg) => typeof arg === 'object' && arg !== null && !Array.isArray(arg));
    const options = (at < 0 ? {} : args[at]) as SpawnOptions & { readonly silent?: boolean };
    const inherits = isFork && options.silent !== true ? ['inherit', 'inherit', 'inherit', 'ipc'] : undefined;
    const stdio = options.stdio ?? (inherits as StdioOptions | undefined);
    if (stdio !== undefined) {
      const diverted = { ...options, stdio: divertedStdio(stdio, to) };
      if (at < 0) args.push(diverted);
      else args[at] = diverted;
    }
    return real(...(args as never[]));
  }) as AnyFunction;
}

function divertedStdio(stdio: StdioOptions, to: number): StdioOptions {
  const each = typeof stdio === 'string' ? [stdio, stdio, stdio] : stdio;
  return each.map((one, descriptor) => {
    const isOurs = one === 1 || one === process.stdout || (descriptor === 1 && one === 'inherit');
    return isOurs ? to : one;
  }) as StdioOptions;
}
