import { parentPort, workerData } from 'node:worker_threads';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue } from '@mixlab/contracts';
// Before any file is timed.
import '@mixlab/dsl';
import { importModule } from './import-module.ts';

/** What the thread is given: compiled modules, and which authored files to import, in this order. */
export interface TrialOrder {
  readonly folder: string;
  readonly files: readonly string[];
}

/** What it tells: that it begins with a file, and how that went. */
export type TrialMessage =
  | { readonly kind: 'begin'; readonly file: string }
  | { readonly kind: 'end'; readonly file: string; readonly issues: readonly ConfigIssue[] };

const { folder, files } = workerData as TrialOrder;

// It would end this thread alone, and without a line.
process.exit = () => {
  throw new ConfigError([
    { code: 'load-failed', message: 'this file ends the process while it is loaded: process.exit' },
  ]);
};

for (const file of files) {
  tell({ kind: 'begin', file });
  const before = timers();
  const imported = await importModule(folder, file);
  const issues = 'issues' in imported ? imported.issues : timers() > before ? [leftRunning(file)] : [];
  tell({ kind: 'end', file, issues });
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
