import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from '@mixlab/contracts';
import { shellQuote } from '@mixlab/engines';
import { shownPath } from '@mixlab/results';
import type { Ended, Launch } from './run-command.ts';
import { lastWords, startLogged } from './start-logged.ts';

const MILLISECONDS_BETWEEN_LOOKS = 50;

/** Starts the script, waits until it starts its first trials or has ended, and leaves it at work. */
export async function runDetached(launch: Launch, io: CommandIo): Promise<Ended> {
  const { started, files, state, listen } = await startLogged(launch, io);
  let code: number | undefined;
  const ended = started.ended.then((found) => (code = found));
  while (state.slotCount === 0 && code === undefined) {
    await Promise.race([ended, setTimeout(MILLISECONDS_BETWEEN_LOOKS)]);
    listen();
  }
  if (code !== undefined) {
    io.stdout(lastWords(files, code));
    return { code, stopped: false };
  }
  started.leave();
  const options = Object.entries(launch.options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${shellQuote(value)}`],
  );
  io.stdout(
    `${launch.plan.experiment}: ${state.queued} trials to train, ${state.slotCount} at a time, process ${started.pid}\n` +
      `  output  ${shellQuote(shownPath(files.log, io.cwd))}\n` +
      `  watch   ${['npx mixlab status', ...options, '--watch'].join(' ')}\n` +
      `  stop    kill ${started.pid}    (with checkpoints; a second time at once)\n`,
  );
  return { code: 0, stopped: false };
}
