import type { CommandIo } from '@mixlab/contracts';
import { passSignals } from '@mixlab/launch';
import type { StopStage } from '@mixlab/launch';
import { shownPath } from '@mixlab/results';
import cliTruncate from 'cli-truncate';
import { createLogUpdate } from 'log-update';
import type { LaunchState } from './launch-state.ts';
import { LaunchView } from './launch-view.ts';
import { renderLaunch } from './render-launch.ts';
import type { Ended, Launch } from './run-command.ts';
import { lastWords, startLogged } from './start-logged.ts';

const MILLISECONDS_BETWEEN_FRAMES = 1000;
const KILLED = 137;

/**
 * Starts the script with its output in a file, and draws what it does until it ends. The script goes on if this process is
 * killed.
 */
export async function runWatched(
  launch: Launch,
  terminal: NonNullable<CommandIo['terminal']>,
  io: CommandIo,
): Promise<Ended> {
  const begin = Date.now();
  const { started, files, state, listen } = await startLogged(launch, io);
  const { experiment } = launch.plan;
  const log = shownPath(files.log, io.cwd);
  const view = new LaunchView(launch.plan, state, launch.folder);
  const update = createLogUpdate(terminal, { showCursor: true });
  let asked: StopStage | undefined;

  const draw = (note: string) => {
    const now = Date.now();
    const secondsSinceStart = (now - begin) / 1000;
    const frame = { experiment, state, ...view.look(now), secondsSinceStart, note, log, pid: started.pid };
    const { columns, rows } = terminal;
    update(
      renderLaunch(frame, rows - 1)
        .map((line) => cliTruncate(line, columns))
        .join('\n'),
    );
  };
  const look = () => {
    listen();
    if (state.slotCount > 0) draw(whatGoesOn(state, asked, launch.args));
  };
  const endSignals = passSignals(started, (stage) => {
    asked = stage;
    look();
  });
  const frames = setInterval(look, MILLISECONDS_BETWEEN_FRAMES);
  terminal.on('resize', look);
  try {
    const code = await started.ended;
    listen();
    if (state.stop?.killed) state.endRunning();
    // A script that had nothing to start, or refused to, has said why in a few lines.
    if (state.slotCount === 0) io.stdout(lastWords(files, code));
    else draw(code === KILLED ? 'the script was killed; the trials that run go on by themselves' : '');
    return { code, stopped: asked !== undefined };
  } finally {
    clearInterval(frames);
    terminal.off('resize', look);
    endSignals();
    update.done();
  }
}

function whatGoesOn(state: LaunchState, asked: StopStage | undefined, args: readonly string[]): string {
  if (asked === 'killed' || state.stop?.killed)
    return 'ending what runs; the next start goes on from the last checkpoints';
  if (asked === 'asked' || state.stop) {
    const why = asked === undefined && state.stop ? state.stop.why : 'stopping';
    const again = asked === undefined ? '' : 'again ';
    return (
      `${why}: ${state.count('running')} asked for a checkpoint, no further trial is started; ` +
      `Ctrl-C ${again}ends them`
    );
  }
  if (state.failures.length > 0 && !args.includes('--keep-going') && !args.includes('--smoke'))
    return 'no further trial is started after a failure (-k goes on); Ctrl-C asks those that run for a checkpoint';
  return 'Ctrl-C stops: those that run write a checkpoint, and the next start goes on there';
}
