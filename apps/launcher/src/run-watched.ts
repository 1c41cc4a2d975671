import { readFileSync } from 'node:fs';
import type { CommandIo } from '@mixlab/contracts';
import { createLaunchFiles, NewLines, passSignals, startScript } from '@mixlab/launch';
import type { StopStage } from '@mixlab/launch';
import { shownPath } from '@mixlab/results';
import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';
import { LaunchState } from './launch-state.ts';
import { LaunchView } from './launch-view.ts';
import { renderLaunch } from './render-launch.ts';
import type { Ended, Launch } from './run-command.ts';

const MILLISECONDS_BETWEEN_FRAMES = 1000;

/**
 * Starts the script with its output in a file, and draws what it does until it ends. The script writes to files alone: it
 * goes on if this process is killed.
 */
export async function runWatched(
  { plan, script, args, input, folder }: Launch,
  terminal: NonNullable<CommandIo['terminal']>,
  { cwd, env, stdout }: CommandIo,
): Promise<Ended> {
  const files = createLaunchFiles(folder);
  const begin = Date.now();
  const started = await startScript({
    script,
    args: [...args, `--events=${files.events}`],
    cwd,
    env,
    input,
    output: files.log,
  });
  const events = new NewLines(files.events);
  const state = new LaunchState();
  const view = new LaunchView(plan, state, folder);
  const update = createLogUpdate(terminal, { showCursor: true });
  let asked: StopStage | undefined;
  let ended = false;

  const draw = () => {
    const now = Date.now();
    for (const line of events.read()) state.take(line, now);
    if (state.slotCount === 0) return;
    const lines = renderLaunch({
      experiment: plan.experiment,
      state,
      ...view.look(now),
      secondsSinceStart: (now - begin) / 1000,
      note: ended ? '' : note(state, asked, args),
      log: shownPath(files.log, cwd),
      pid: started.pid,
    });
    const width = terminal.columns;
    update(lines.map((line) => cliTruncate(line, width)).join('\n'));
  };
  const endSignals = passSignals(started, (stage) => {
    asked = stage;
    draw();
  });
  const frames = setInterval(draw, MILLISECONDS_BETWEEN_FRAMES);
  terminal.on('resize', draw);
  try {
    const code = await started.ended;
    ended = true;
    draw();
    // A script that had nothing to start, or refused to, has said why in a few lines.
    if (state.slotCount === 0) stdout(readFileSync(files.log, 'utf8'));
    return { code, stopped: asked !== undefined };
  } finally {
    clearInterval(frames);
    terminal.off('resize', draw);
    endSignals();
    update.done();
  }
}

function note(state: LaunchState, asked: StopStage | undefined, args: readonly string[]): string {
  const running = state.count('running');
  if (asked === 'killed' || state.stop?.killed)
    return 'ending what runs; the next start goes on from the last checkpoints';
  if (asked === 'asked' || state.stop) {
    const why = asked === undefined && state.stop ? `${state.stop.why}: ` : 'stopping: ';
    return `${why}${running} asked for a checkpoint, no further trial is started; Ctrl-C ${asked ? 'again ' : ''}ends them`;
  }
  if (state.failures.length > 0 && !args.includes('--keep-going') && !args.includes('--smoke'))
    return 'no further trial is started after a failure (-k goes on); Ctrl-C asks those that run for a checkpoint';
  return 'Ctrl-C stops: those that run write a checkpoint, and the next start goes on there';
}
