import { workerData } from 'node:worker_threads';
import { endWith } from './end-with.ts';
import type { Guarded } from './guard-loading.ts';
import { placeInFrames, tooLong } from './import-module.ts';
import { mainFrames } from './running-frames.ts';

// Loaded when a file has taken too long.

const PATIENCE_MS = 1000;

const { folder, home, files, limitMs, begun } = workerData as Guarded;
const stage = Atomics.load(begun, 0);
const frames = await mainFrames(PATIENCE_MS);
const file = files[stage - 1] ?? '';
const at = placeInFrames(frames, folder, home) ?? { file, line: 1, column: 1 };
// A timer that comes while it waits runs Node's own code.
const isRunning = frames.some(({ url }) => !url.startsWith('node:'));
const message = tooLong(limitMs, isRunning);
// It may have come to its end while this module was loaded; it goes on when this thread ends.
if (Atomics.load(begun, 0) === stage) endWith([{ code: 'load-failed', message, at }]);
process.exit();
