import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { CommandIo } from '@mixlab/contracts';
import { shellQuote } from '@mixlab/engines';
import { createLaunchFiles, NewLines, startScript } from '@mixlab/launch';
import { shownPath } from '@mixlab/results';
import { LaunchState } from './launch-state.ts';
import type { Ended, Launch } from './run-command.ts';

const MILLISECONDS_BETWEEN_LOOKS = 50;

/** Starts the script, waits until it has started its first trials or has ended, and leaves it at work. */
export async function runDetached(
  { plan, script, args, input, folder }: Launch,
  { cwd, env, stdout }: CommandIo,
): Promise<Ended> {
  const files = createLaunchFiles(folder);
  const started = await startScript({
    script,
    args: [...args, `--events=${files.events}`],
    cwd,
    env,
    input,
    output: files.log,
  });
  let code: number | undefined;
  const ended = started.ended.then((found) => (code = found));
  const events = new NewLines(files.events);
  const state = new LaunchState();
  while (state.slotCount === 0 && code === undefined) {
    await Promise.race([ended, setTimeout(MILLISECONDS_BETWEEN_LOOKS)]);
    for (const line of events.read()) state.take(line, Date.now());
  }
  if (code !== undefined) {
    stdout(readFileSync(files.log, 'utf8'));
    return { code, stopped: false };
  }
  started.leave();
  const { experiment } = plan;
  const left = state.total - state.settled;
  stdout(
    `${experiment}: ${left} trials to train, ${state.slotCount} at a time, process ${started.pid}\n` +
      `  output  ${shellQuote(shownPath(files.log, cwd))}\n` +
      `  watch   npx mixlab status --experiment=${shellQuote(experiment)} --watch\n` +
      `  stop    kill ${started.pid}    (with checkpoints; a second time at once)\n`,
  );
  return { code: 0, stopped: false };
}
