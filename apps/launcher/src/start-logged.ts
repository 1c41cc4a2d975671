import { readFileSync } from 'node:fs';
import type { CommandIo } from '@mixlab/contracts';
import { createLaunchFiles, NewLines, startScript } from '@mixlab/launch';
import type { LaunchFiles, StartedScript } from '@mixlab/launch';
import { LaunchState } from './launch-state.ts';
import type { Launch } from './run-command.ts';

/** A script that prints into a file, and what it tells of itself. */
export interface LoggedScript {
  readonly started: StartedScript;
  readonly files: LaunchFiles;
  readonly state: LaunchState;
  /** Brings the state up to date. */
  readonly listen: () => void;
}

/** What a script printed that ended with exit code `code` and told of no trial that it started. */
export function lastWords({ log }: LaunchFiles, code: number): string {
  const text = readFileSync(log, 'utf8');
  if (text !== '') return text;
  return `the script ended with exit code ${code}, and nothing of what it printed is in ${log}: is the disk full?\n`;
}

/** Starts the script so that it needs nothing of this process any more. */
export async function startLogged(launch: Launch, { cwd, env }: CommandIo): Promise<LoggedScript> {
  const { script, input, folder } = launch;
  const files = createLaunchFiles(folder);
  const args = [...launch.args, `--events=${files.events}`];
  const started = await startScript({ script, args, cwd, env, input, output: files.log });
  const events = new NewLines(files.events);
  const state = new LaunchState();
  const listen = () => events.read().forEach((line) => state.take(line, Date.now()));
  return { started, files, state, listen };
}
