import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { endWith } from './end-with.ts';
import { authoredFrame, placeInFrames, thrownIssue, tooLong } from './import-module.ts';
import { runningFrames } from './running-frames.ts';
import { startThread } from './start-thread.ts';
import type { TrialMessage, TrialOrder } from './trial-worker.ts';

/** A thread ends within milliseconds. */
const PATIENCE_MS = 5000;

const MEMORY_MB = 2048;

/** As little as the main thread has, which loads the file after this one: by default a thread has four times as much. */
const STACK_MB = 1;

/** In short steps: this process may be stopped for a while. */
const STEP_MS = 100;

export interface Trial extends TrialOrder {
  /** Workspace root, absolute. */
  readonly home: string;
  /** The longest that one file may take. */
  readonly limitMs: number;
  /** Where a file first waits for something, if it does. */
  readonly waits: ReadonlyMap<string, SourceLocation>;
}

/**
 * Imports compiled modules in a thread of its own, which can be stopped: files that throw, end the process, take too
 * long or too much memory, with what is wrong with each. What they print is dropped.
 */
export async function tryLoading(trial: Trial): Promise<Map<string, readonly ConfigIssue[]>> {
  const failed = new Map<string, readonly ConfigIssue[]>();
  let rest = trial.files;
  // A file that has to be stopped takes its thread along.
  while (rest.length > 0) {
    const tried = await tryInOneThread({ ...trial, files: rest });
    for (const [file, issues] of tried) if (issues.length > 0) failed.set(file, issues);
    rest = rest.slice(Math.max(1, tried.size));
  }
  return failed;
}

/** As many of the files as one thread takes, in order; the last of them may have ended it. */
async function tryInOneThread({
  folder,
  home,
  files,
  readsForeign,
  limitMs,
  waits,
}: Trial): Promise<Map<string, readonly ConfigIssue[]>> {
  const tried = new Map<string, readonly ConfigIssue[]>();
  const worker = startThread('trial-worker', {
    workerData: { folder, files, readsForeign } satisfies TrialOrder,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, stackSizeMb: STACK_MB },
  });
  let current = files[0]!;
  let left = limitMs;
  const placeOf = (at?: SourceLocation): SourceLocation =>
    at ?? waits.get(current) ?? { file: current, line: 1, column: 1 };
  const stop = (message: string, at?: SourceLocation): void =>
    void tried.set(current, [{ code: 'load-failed', message, at: placeOf(at) }]);
  const outOfTime = async (): Promise<void> => {
    const frames = await runningFrames(worker);
    const at = placeInFrames(frames, folder, home);
    const isRunning = frames.length > 0 || !waits.has(current);
    stop(tooLong(limitMs, isRunning), isRunning ? at : undefined);
    // A getter that loops is run by the debugger, too, and then nothing ends that thread.
    const unstoppable = setTimeout(() => endWith(tried.get(current) ?? []), PATIENCE_MS);
    await worker.terminate();
    clearTimeout(unstoppable);
  };
  const clock = setInterval(() => {
    left -= STEP_MS;
    if (left > 0) return;
    clearInterval(clock);
    void outOfTime();
  }, STEP_MS);
  await new Promise<void>((resolve) => {
    worker.on('message', (message: TrialMessage) => {
      if (message.kind === 'begin') {
        current = message.file;
        left = limitMs;
        return;
      }
      tried.set(message.file, message.issues);
      if (tried.size === files.length) void worker.terminate();
    });
    worker.on('error', (error: Error & { code?: string }) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
        stop(`this file takes more than ${MEMORY_MB} MB of memory while it is loaded`);
      } else {
        tried.set(current, [thrownIssue(error, placeOf(authoredFrame(error, folder)))]);
      }
    });
    worker.on('exit', () => {
      clearInterval(clock);
      if (!tried.has(current)) stop('this file waits for something that never comes');
      resolve();
    });
  });
  return tried;
}
