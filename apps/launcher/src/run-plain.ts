import type { CommandIo } from '@mixlab/contracts';
import { passSignals, startScript } from '@mixlab/launch';
import type { Ended, Launch } from './run-command.ts';

/** Starts the script, which prints where this process does, and waits for it. */
export async function runPlain({ script, args, input }: Launch, { cwd, env }: CommandIo): Promise<Ended> {
  const started = await startScript({ script, args, cwd, env, input });
  let stopped = false;
  const endSignals = passSignals(started, () => (stopped = true));
  try {
    return { code: await started.ended, stopped };
  } finally {
    endSignals();
  }
}
