import { startThread } from './start-thread.ts';

/** What the thread is given that watches over this one. */
export interface Guarded {
  /** Absolute path of the compiled modules. */
  readonly folder: string;
  /** Workspace root, absolute. */
  readonly home: string;
  /** Authored files in the order in which they are imported. */
  readonly files: readonly string[];
  /** The longest that one file may take. */
  readonly limitMs: number;
  /** One number: how many files have begun; below 0 when all have ended. */
  readonly begun: Int32Array;
}

export interface LoadingGuard {
  /** To be called before each of the files. */
  readonly next: () => void;
  /** To be called after all of them. */
  readonly end: () => void;
}

/**
 * Ends this process, with the line where it stands, when a file takes too long: one that has been tried may wait for
 * something else when it is imported again.
 */
export function guardLoading(guarded: Omit<Guarded, 'begun'>): LoadingGuard {
  const begun = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const thread = startThread(
    'load-guard',
    { workerData: { ...guarded, begun } satisfies Guarded },
    `(${waitForOneThatStays})(require('node:worker_threads').workerData)`,
  );
  thread.unref();
  const tell = (change: () => void): void => {
    change();
    Atomics.notify(begun, 0);
  };
  return {
    next: () => tell(() => Atomics.add(begun, 0, 1)),
    end: () => tell(() => Atomics.store(begun, 0, -1)),
  };
}

/**
 * Returns when one file takes too long; where none does, the thread ends. It runs there as text, before anything is loaded
 * that is of no use as long as all goes well.
 */
function waitForOneThatStays({ begun, limitMs }: Guarded): void {
  // In short waits: this process may be stopped for a while.
  const STEP_MS = 100;
  let seen = Atomics.load(begun, 0);
  let left = limitMs;
  while (left > 0 || seen === 0) {
    const ended = Atomics.wait(begun, 0, seen, STEP_MS);
    left = ended === 'timed-out' ? left - STEP_MS : limitMs;
    seen = Atomics.load(begun, 0);
    if (seen < 0) process.exit();
  }
}
