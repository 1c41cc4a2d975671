import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
// Before any file is timed.
import '@mixlab/dsl';
import { divertOutput } from './divert-output.ts';
import { authoredFrame, importModule, thrownIssue } from './import-module.ts';
import { refuseEnds } from './refuse-ends.ts';
import { readForeignModules } from './shared-modules.ts';

/** What the thread is given. */
export interface TrialOrder {
  /** Absolute path of the compiled modules. */
  readonly folder: string;
  /** Authored files to import, in this order, relative to the workspace root. */
  readonly files: readonly string[];
  /** Whether any of them imports what is not compiled. */
  readonly readsForeign: boolean;
}

/** What it tells: that it begins with a file, and how that went. */
export type TrialMessage =
  | { readonly kind: 'begin'; readonly file: string }
  | { readonly kind: 'end'; readonly file: string; readonly issues: readonly ConfigIssue[] };

const { folder, files, readsForeign } = workerData as TrialOrder;

// They would end this thread alone, without a line, or the whole command.
refuseEnds((call) => {
  const message = `this file ends the process while it is loaded: ${call}`;
  return new ConfigError([{ code: 'load-failed', message }]);
});

// One that would not keep a process from ending runs all the same while a command works.
const timer = setTimeout(() => undefined);
Object.assign(Object.getPrototypeOf(timer) as object, {
  unref(this: NodeJS.Timeout) {
    return this;
  },
});
clearTimeout(timer);

if (readsForeign) await readForeignModules();
divertOutput(openSync(devNull, 'w'));

// What nobody waits for throws after its file has been loaded, and would end a process.
let current = '';
const late = new Map<string, readonly ConfigIssue[]>();
process.on('uncaughtException', (error) => {
  const at = authoredFrame(error, folder);
  const file = at && files.includes(at.file) ? at.file : current;
  late.set(file, [thrownIssue(error, at ?? { file, line: 1, column: 1 })]);
  if (file !== current) tell({ kind: 'end', file, issues: late.get(file) ?? [] });
});

for (const file of files) {
  tell({ kind: 'begin', file });
  current = file;
  const before = timers();
  const imported = await importModule(folder, file);
  await new Promise((resolve) => void setImmediate(resolve));
  const issues = 'issues' in imported ? imported.issues : timers() > before ? [leftRunning(file)] : [];
  tell({ kind: 'end', file, issues: issues.length > 0 ? issues : (late.get(file) ?? []) });
}

function tell(message: TrialMessage): void {
  parentPort?.postMessage(message);
}

/** How many timers would keep a process from ending. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
}

function leftRunning(file: string): ConfigIssue {
  return {
    code: 'load-failed',
    message: 'this file leaves a timer running when it has been loaded',
    at: { file, line: 1, column: 1 },
  };
}
