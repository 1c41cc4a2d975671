import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { ConfigIssue } from '@mixlab/contracts';
// Before any file is timed.
import '@mixlab/dsl';
import { divertOutput } from './divert-output.ts';
import { authoredFrame, importModule, thrownIssue } from './import-module.ts';
import { endsWhileLoaded, refuseEnds } from './refuse-ends.ts';
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
refuseEnds(endsWhileLoaded);

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

// What comes after the file that began it is of that all the same.
let current = '';
process.on('uncaughtException', (error) => {
  const at = authoredFrame(error, folder);
  if (at && at.file !== current && files.includes(at.file))
    tell({ kind: 'end', file: at.file, issues: [thrownIssue(error, at)] });
});

for (const file of files) {
  current = file;
  tell({ kind: 'begin', file });
  const imported = await importModule(folder, file);
  tell({ kind: 'end', file, issues: 'issues' in imported ? imported.issues : [] });
}

function tell(message: TrialMessage): void {
  parentPort?.postMessage(message);
}
