import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { planOf } from '@mixlab/engines/testing';
import { execaSync } from 'execa';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PATIENT, RunLab, until } from './run-lab.ts';

const CTRL_C = '\u0003';

const three = () => new RunLab(planOf('digits', ['a', 'b', 'c']));

/** Trainings that log as the training library does: half of epoch 2, and the rest once they may go on. */
const LOGGED = `
  status running 1
  log() { printf '{"mode": "%s", "attempt": 1, %s}\\n' "$1" "$2"; }
  {
    log env '"stepsPerEpoch": 10'
    log train '"epoch": 1, "step": 10, "time": 0.08'
    log val '"epoch": 1, "step": 10, "top1": 41.5'
    log train '"epoch": 2, "step": 5, "time": 0.08'
  } >"$directory/log"
  # All at once, whenever somebody looks.
  mv "$directory/log" "$directory/log.jsonl"
  until [ -e "$FAKE/go" ]; do sleep 0.1; done
  case $config in */b.json) echo 'epoch 1'; echo 'CUDA out of memory'; exit 1 ;; esac`;

describe('mixlab run on a terminal', () => {
  it('shows slots, progress and what failed, and leaves the last state and the log', async () => {
    const lab = new RunLab(planOf('digits', ['a', 'b', 'c', 'd']));
    lab.behave(LOGGED);
    lab.leave(lab.directory('d'), 'd', 'completed');
    const { ended, shown } = lab.inTerminal('-j2', '-k');
    // 2.5 epochs of 10 steps of 0.08 s are left.
    await until(() => /\n +1 +a +1 +1\.5\/4 +top1 41\.50 +0\.0800 +0\.8 +0:00:02/.test(shown()));
    expect(shown()).toMatch(/slot +run +trial +epoch +metric +s\/step +s\/epoch +left/);
    expect(shown()).toMatch(/digits: 1 of 4 completed, 2 running, 1 waiting/);
    expect(shown()).toMatch(/since the start, about 0:00:\d\d left/);
    lab.go();
    expect((await ended).exitCode).toBe(1);
    const last = shown().slice(shown().lastIndexOf('digits: '));
    expect(last).toContain('digits: 3 of 4 completed, 1 failed');
    expect(shown()).toContain('failed b trial 1: CUDA out of memory');
    expect(shown()).toMatch(/log work_dirs\/digits\/\.launch\/\S+\.log, process \d+/);
    expect(lab.launchLog()).toMatch(/\[slot \d\] CUDA out of memory\n[^]*2 completed, 1 skipped, 1 failed/);
  });

  it('prints what the script says where there was nothing to start', async () => {
    const lab = three();
    for (const name of ['a', 'b', 'c']) lab.leave(lab.directory(name), name, 'completed');
    const done = await lab.inTerminal().ended;
    expect(done.stdout).toContain('0 completed, 3 skipped, 0 failed');
    const wrong = await lab.inTerminal('--only=nothing').ended;
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stdout).toContain('no run has a name that --only matches');
  });

  it('asks for checkpoints on Ctrl-C, and the next start goes on', async () => {
    const lab = three();
    lab.behave(PATIENT);
    const { ended, shown, type } = lab.inTerminal('-j2');
    await until(() => shown().includes('2 running, 1 waiting') && lab.count('running') === 2);
    type(CTRL_C);
    expect((await ended).exitCode).toBe(130);
    expect(shown()).toContain(
      'stopping: 2 asked for a checkpoint, no further trial is started; Ctrl-C again ends them',
    );
    expect(shown()).toContain('0 of 3 completed, 1 waiting, 2 interrupted');
    expect(lab.launchLog()).toContain('0 failed, 2 interrupted, 1 not started');
    lab.behave(':');
    expect((await lab.mixlabRun('-j3')).stdout).toContain('3 completed');
  });

  it('ends what runs when Ctrl-C comes again', async () => {
    const lab = three();
    lab.behave("trap '' TERM; status running; for ((i = 0; i < 600; i++)); do sleep 0.1; done");
    const { ended, shown, type } = lab.inTerminal('-j2');
    await until(() => shown().includes('2 running') && lab.count('running') === 2);
    type(CTRL_C);
    await until(() => shown().includes('Ctrl-C again ends them'));
    const again = setInterval(() => type(CTRL_C), 300);
    expect((await ended).exitCode).toBe(130);
    clearInterval(again);
    expect(lab.launchLog()).toContain('SIGINT again: killed what was running');
    expect(lab.ends()).toEqual([]);
  });

  it('says that the time of --max-hours is up', async () => {
    const lab = three();
    const wait = 'until [ -e "$FAKE/go" ]; do sleep 0.1; done; status interrupted';
    lab.behave(PATIENT.replace('status interrupted', wait));
    const { ended, shown } = lab.inTerminal('--max-hours=.0005');
    const note = 'time is up: 1 asked for a checkpoint, no further trial is started; Ctrl-C ends them';
    await until(() => shown().includes(note));
    lab.go();
    expect((await ended).exitCode).toBe(75);
    expect(shown()).toContain('0 of 3 completed, 2 waiting, 1 interrupted');
  });

  it('may be killed, or lose its terminal: the script goes on, or stops with checkpoints', async () => {
    const lab = three();
    lab.behave('status running; sleep 0.5; echo "a line to nobody"');
    const { ended, shown, kill } = lab.inTerminal();
    await until(() => shown().includes('1 running'));
    kill();
    await ended;
    await until(() => lab.count('completed') === 3);
    expect(lab.starts()).toHaveLength(3);

    const closed = three();
    closed.behave(PATIENT);
    const view = closed.inTerminal('-j2');
    await until(() => view.shown().includes('2 running') && closed.count('running') === 2);
    view.ended.kill('SIGKILL');
    await until(() => closed.launchLog().includes('2 interrupted, 1 not started'));
    expect(closed.launchLog()).toContain('SIGHUP: waiting for 2 to write a checkpoint');
  });
});

describe('--detach', () => {
  it('leaves the script at work when the terminal closes, and says how to watch and stop it', async () => {
    const lab = three();
    // Like the supervisor, the trainer refuses a directory that another one has.
    const hold = 'mkdir -p "$directory"; mkdir "$directory/held" || exit 3; echo >>"$FAKE/trained"';
    lab.behave(`${hold}; until [ -e "$FAKE/go" ]; do sleep 0.1; done`);
    const { ended, shown } = lab.inTerminal('--detach', '-j2');
    expect((await ended).exitCode).toBe(0);
    expect(shown()).toMatch(
      /digits: 3 trials to train, 2 at a time, process \d+\s+output {2}work_dirs\/digits\/.launch\/\S+\.log\s+watch {3}npx mixlab status --experiment=digits --watch\s+stop {4}kill \d+/,
    );
    await until(() => lab.starts().length === 2);
    // Another start trains what the first one does not, and nothing twice.
    lab.behave(hold);
    const other = await lab.mixlabRun();
    expect([other.exitCode, other.stdout]).toEqual([0, expect.stringContaining('1 completed')]);
    lab.go();
    await until(() => lab.launchLog().includes('2 completed'));
    expect(readFileSync(join(lab.fake, 'trained'), 'utf8')).toHaveLength(3);
  });

  it('can be stopped by its process', async () => {
    const lab = three();
    lab.behave(PATIENT);
    const { stdout } = await lab.mixlabRun('--detach');
    await until(() => lab.count('running') === 1);
    process.kill(Number(/process (\d+)/.exec(stdout)?.[1]), 'SIGTERM');
    await until(() => lab.launchLog().includes('1 interrupted, 2 not started'));
  });

  it('tells at once what the script refuses, with its exit code', async () => {
    const lab = three();
    const { exitCode, stdout } = await lab.mixlabRun('--detach', '--only=nothing');
    expect(exitCode).toBe(2);
    expect(stdout).toContain('no run has a name that --only matches');
    expect(existsSync(lab.directory('a'))).toBe(false);
  });

  it('says what is wrong where the disk is full or read-only (needs root for mount)', async ({ skip }) => {
    const lab = three();
    const disk = join(lab.home, 'a disk');
    mkdirSync(disk);
    const { exitCode } = execaSync('mount', ['-t', 'tmpfs', '-o', 'size=4k', 'tmpfs', disk], {
      reject: false,
    });
    if (exitCode !== 0) skip('no file system can be mounted here');
    onTestFinished(() => void execaSync('umount', [disk]));
    writeFileSync(join(disk, 'all there is room for'), 'x'.repeat(4096));
    lab.behave('exit 1');
    const detached = async (folder: string) => {
      const { exitCode: code, all } = await lab.mixlabRun('--detach', `--work-dir=a disk/${folder}`);
      return [code, all];
    };
    expect(await detached('full')).toEqual([1, expect.stringMatching(/^the script .*: is the disk full\?$/)]);
    execaSync('mount', ['-o', 'remount,ro', disk]);
    expect(await detached('runs')).toEqual([1, `mixlab: ${disk}/runs: the file system is read-only`]);
    expect(lab.starts()).toHaveLength(1);
  });
});
