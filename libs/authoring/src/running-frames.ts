import { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';

/** A place in what a thread runs; line and column count from 1. */
export interface Frame {
  readonly url: string;
  readonly line: number;
  readonly column: number;
}

/** What a thread's debugger tells. */
type Told =
  | {
      readonly method: 'Debugger.scriptParsed';
      readonly params: { readonly scriptId: string; readonly url: string };
    }
  | { readonly method: 'Debugger.paused'; readonly params: { readonly callFrames: readonly CallFrame[] } };

interface CallFrame {
  readonly location: {
    readonly scriptId: string;
    readonly lineNumber: number;
    readonly columnNumber?: number | undefined;
  };
}

/** A thread that runs anything stops within milliseconds, on a machine that does much else within seconds. */
const PATIENCE_MS = 10_000;

/** What a thread is running, the innermost first; nothing where it only waits. */
export async function runningFrames(worker: Worker): Promise<readonly Frame[]> {
  const session = new Session();
  session.connect();
  try {
    return await Promise.race([
      pausedFrames(session, worker.threadId),
      sleep(PATIENCE_MS, [], { ref: false }),
    ]);
  } finally {
    session.disconnect();
  }
}

/** What the main thread is running, asked from another, and as `runningFrames` tells it. The main thread stands still from then on. */
export async function mainFrames(patienceMs: number): Promise<readonly Frame[]> {
  const session = new Session();
  session.connectToMainThread();
  const urls = new Map<string, string>();
  const paused = new Promise<readonly CallFrame[]>((resolve) => {
    session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url));
    session.on('Debugger.paused', ({ params }) => resolve(params.callFrames));
  });
  session.post('Debugger.enable');
  session.post('Debugger.pause');
  const frames = await Promise.race([paused, sleep(patienceMs, [])]);
  return frames.map((frame) => placeOf(frame, urls));
}

function pausedFrames(session: Session, threadId: number): Promise<readonly Frame[]> {
  const urls = new Map<string, string>();
  return new Promise((resolve) => {
    const post = (sessionId: string, ...methods: readonly string[]): void => {
      for (const [id, method] of methods.entries())
        session.post('NodeWorker.sendMessageToWorker', {
          sessionId,
          message: JSON.stringify({ id, method }),
        });
    };
    session.on('NodeWorker.attachedToWorker', ({ params: { sessionId, workerInfo } }) => {
      // Its other id counts sessions, and a thread that reads TypeScript has one of its own.
      if (workerInfo.title.startsWith(`[worker ${threadId}]`))
        post(sessionId, 'Debugger.enable', 'Debugger.pause');
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
      const told = JSON.parse(message) as Told;
      if (told.method === 'Debugger.scriptParsed') urls.set(told.params.scriptId, told.params.url);
      if (told.method !== 'Debugger.paused') return;
      // A thread that stands in a debugger cannot be ended.
      post(sessionId, 'Debugger.disable');
      resolve(told.params.callFrames.map((frame) => placeOf(frame, urls)));
    });
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  });
}

function placeOf({ location }: CallFrame, urls: ReadonlyMap<string, string>): Frame {
  const { scriptId, lineNumber, columnNumber = 0 } = location;
  return { url: urls.get(scriptId) ?? '', line: lineNumber + 1, column: columnNumber + 1 };
}
