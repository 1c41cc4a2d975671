import { watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import { join } from 'node:path';
import { AttemptOutput } from '@mixlab/results';
import type { EventStream } from './event-stream.ts';
import type { Observatory } from './observatory.ts';
import { isOutputInside } from './read-run-view.ts';

const LINES_BEFORE = 400;
/** Where the file system tells nothing of changes on another machine. */
const MILLISECONDS_BETWEEN_LOOKS = 1000;

/** Sends what the newest attempt of a trial printed last, and what it prints from now on, until the page has gone. */
export function followOutput(observatory: Observatory, directory: string, stream: EventStream): void {
  const output = new AttemptOutput(directory, { lines: LINES_BEFORE });
  let watcher: FSWatcher | undefined;
  const look = () => {
    watcher ??= watchFolder(join(directory, 'attempts'), look);
    try {
      if (!isOutputInside(output, directory, observatory.realFolders)) {
        stream.send('refused', 'it leads out of the work folder');
        return;
      }
      output.read((text, attempt) => stream.send('output', { attempt, text }));
    } catch (error) {
      stream.send('refused', (error as Error).message);
    }
  };
  const timer = setInterval(look, MILLISECONDS_BETWEEN_LOOKS);
  stream.onClose(() => {
    clearInterval(timer);
    watcher?.close();
  });
  look();
}

function watchFolder(folder: string, look: () => void): FSWatcher | undefined {
  try {
    return watch(folder, look).on('error', () => {});
  } catch {
    // Not there yet, or too many are watched: the time will do.
    return undefined;
  }
}
