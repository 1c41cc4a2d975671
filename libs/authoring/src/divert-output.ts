// eslint-disable-next-line no-restricted-imports -- what authored files may call is replaced; nothing is started here
import childProcess, { type SpawnOptions, type StdioOptions } from 'node:child_process';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import workerThreads from 'node:worker_threads';
import { ConfigError } from '@mixlab/contracts';

type AnyFunction = (...args: never[]) => unknown;

/** Functions that write to a file that they are given by its descriptor. */
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
 * refuses threads.
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
  replace(stdout, 'write', (real) => (to === 2 ? stderr.write.bind(stderr) : real));
  for (const name of WRITERS)
    replace(fs as Record<string, unknown>, name, (real) => writer(real as AnyFunction, to));
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
    real((file === 1 || file === '/dev/stdout' ? to : file) as never, ...rest)) as AnyFunction;
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
