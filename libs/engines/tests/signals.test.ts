import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { bash, Lab, planOf, temporaryFolder } from './lab.ts';

/** Trainings that take a minute, and half a second to write a checkpoint when they are told to stop. */
function patientLab(): Lab {
  const lab = new Lab(planOf('e', ['a', 'b', 'c', 'd']));
  lab.behave(`
    trap 'sleep 0.5; echo saved; status interrupted; exit 75' TERM
    for ((i = 0; i < 600; i++)); do sleep 0.1; done`);
  return lab;
}

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 20_000) throw new Error('it did not happen in 20 s');
    await sleep(20);
  }
}

const isRunning = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('a signal to the script', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s waits for the checkpoints of what runs, and starts nothing more', async (signal, code) => {
    const lab = patientLab();
    const script = lab.start(['-j', '2']);
    await until(() => lab.timeline().length === 2);
    await sleep(300);
    process.kill(script.pid, signal);
    const finished = await script.finished;
    expect(finished.code).toBe(code);
    expect(finished.output).toContain(
      `${signal}: waiting for 2 to write a checkpoint; a second one kills at once`,
    );
    expect(finished.output.match(/saved/g)).toHaveLength(2);
    expect(finished.output).toContain('0 completed, 0 skipped, 0 failed, 2 interrupted, 2 not started');
    expect(lab.timeline().filter((event) => event.startsWith('end'))).toHaveLength(2);
    // The next start goes on with all four.
    lab.behave(':');
    expect((await lab.run(['-j', '4'])).output).toContain('4 completed');
  });

  it('reaches the trainings through the script alone when a terminal sends it to the whole group', async () => {
    const lab = patientLab();
    lab.behave(`
      trap 'echo "Ctrl-C reached the training"; exit 1' INT
      trap 'status interrupted; exit 75' TERM
      for ((i = 0; i < 600; i++)); do sleep 0.1; done`);
    const script = lab.start(['-j', '2']);
    await until(() => lab.timeline().length === 2);
    await sleep(300);
    process.kill(-script.pid, 'SIGINT');
    const { code, output } = await script.finished;
    expect(code).toBe(130);
    expect(output).not.toContain('Ctrl-C reached the training');
    expect(output).toContain('2 interrupted');
  });

  it('sent twice kills at once; twice in the same moment counts once', async () => {
    const lab = patientLab();
    lab.behave(`
        trap '' TERM
      for ((i = 0; i < 600; i++)); do sleep 0.1; done`);
    const script = lab.start(['-j', '2']);
    await until(() => lab.timeline().length === 2);
    await sleep(300);
    process.kill(script.pid, 'SIGINT');
    process.kill(script.pid, 'SIGINT');
    await sleep(2200);
    expect(isRunning(script.pid)).toBe(true);
    process.kill(script.pid, 'SIGINT');
    const { code, output } = await script.finished;
    expect(code).toBe(130);
    expect(output).toContain('SIGINT again: killed what was running');
    expect(lab.timeline().filter((event) => event.startsWith('end'))).toEqual([]);
  });

  it('is not lost where the wait for the end of a trial is over while it is acted on', async () => {
    const lab = patientLab();
    const slow = temporaryFolder();
    writeFileSync(join(slow, 'date'), '#!/bin/sh\nsleep 1.2\necho slow', { mode: 0o755 });
    const script = lab.start(['-j', '2'], { env: { PATH: `${slow}:${process.env['PATH']}` } });
    await until(() => lab.timeline().length === 2);
    // The time of day is asked for once a second.
    await sleep(1200);
    process.kill(script.pid, 'SIGTERM');
    const { code, output } = await script.finished;
    expect(code).toBe(143);
    expect(output).toContain('SIGTERM: waiting for 2 to write a checkpoint');
    expect(output).toContain('2 interrupted, 2 not started');
  });

  it('ends a training that has not got far enough to write a checkpoint', async () => {
    const lab = patientLab();
    lab.behave('sleep 60 & wait');
    const script = lab.start();
    await until(() => lab.timeline().length === 1);
    process.kill(script.pid, 'SIGTERM');
    const { code, output } = await script.finished;
    expect(code).toBe(143);
    expect(output).toContain('0 failed, 1 interrupted, 3 not started');
  });

  it('while a retry waits ends the script', async () => {
    const lab = patientLab();
    lab.behave('exit 1');
    const script = lab.start(['--retries=3', '--retry-delay=600', '--only=a']);
    await until(() => script.output().includes('retry 1 of 3'));
    process.kill(script.pid, 'SIGTERM');
    expect((await script.finished).code).toBe(143);
  });
});

describe('kill -9 of the script', () => {
  it('leaves the trainings alone, which end by themselves, and starts no others', async () => {
    const lab = patientLab();
    lab.behave('for ((i = 0; i < 10; i++)); do sleep 0.1; done');
    const script = lab.start(['-j', '2']);
    await until(() => lab.timeline().length === 2);
    process.kill(script.pid, 'SIGKILL');
    await script.finished;
    await until(() => lab.timeline().length === 4);
    await sleep(300);
    expect(lab.timeline().filter((event) => event.startsWith('start'))).toHaveLength(2);
    for (const name of ['a', 'b']) expect(existsSync(join(lab.directory(name), 'status.json'))).toBe(true);
  });
});

it('a reader that goes away does not stop the training', () => {
  const lab = new Lab(planOf('e', ['a', 'b', 'c']));
  lab.behave('sleep 0.2; echo some output');
  const pipe = '"$BASH" "$1" | head -n 1; exit "${PIPESTATUS[0]}"';
  const env = { ...process.env, MIXLAB_PYTHON: lab.python };
  expect(execaSync(bash, ['-c', pipe, '-', lab.script], { env, extendEnv: false }).stdout).toContain(
    'start  a trial 1',
  );
  expect(lab.timeline()).toHaveLength(6);
});
