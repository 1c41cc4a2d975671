import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { formatIssue } from '@mixlab/contracts';
import type { Guarded } from './guard-loading.ts';
import { authoredLocation, tooLong } from './import-module.ts';
import { mainFrames } from './running-frames.ts';

// Loaded when a file has taken too long. The process is killed: nothing else ends one that runs something.

const PATIENCE_MS = 1000;

const { folder, files, limitMs, begun } = workerData as Guarded;
const stage = Atomics.load(begun, 0);
const frames = await mainFrames(PATIENCE_MS);
const places = frames.map(({ url, line, column }) => authoredLocation(folder, url, line, column));
const file = files[stage - 1] ?? '';
const at = places.find((place) => place !== undefined) ?? { file, line: 1, column: 1 };
// A timer that comes while it waits runs Node's own code.
const isRunning = frames.some(({ url }) => !url.startsWith('node:'));
const message = tooLong(limitMs, isRunning);
// It may have come to its end while this module was loaded; it goes on when this thread ends.
if (Atomics.load(begun, 0) === stage) {
  writeSync(2, `${formatIssue({ code: 'load-failed', message, at })}\n`);
  process.kill(process.pid, 'SIGKILL');
}
process.exit();
