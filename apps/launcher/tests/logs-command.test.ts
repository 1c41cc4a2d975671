import { appendFileSync } from 'node:fs';
import { logsCommand } from '@mixlab/launcher';
import { expect, it } from 'vitest';
import { CUTMIX, MIXUP, processFields, TrialsLab } from './trials-lab.ts';

/** Resolves when `text` has come, fails when the process has ended without. */
async function seen(child: ReturnType<TrialsLab['mixlab']>, shown: () => string, text: string) {
  while (!shown().includes(text)) {
    const ended = await Promise.race([
      child.then(() => true),
      new Promise<false>((resolve) => child.all!.once('data', () => resolve(false))),
    ]);
    if (ended && !shown().includes(text)) throw new Error(`${text} never came:\n${shown()}`);
  }
}

function following(lab: TrialsLab, ...args: string[]) {
  const child = lab.mixlab('logs', '--follow', ...args);
  let shown = '';
  child.all!.on('data', (text: Buffer) => (shown += String(text)));
  return { child, until: (text: string) => seen(child, () => shown, text) };
}

it('prints what the newest attempt printed, or as much of it as is asked for', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'failed', attempt: 10 });
  lab.log(MIXUP, 1, 9, 'nine\n');
  lab.log(MIXUP, 1, 10, 'one\n\nthree\nfour, cut o');
  const logs = async (typed: object) => (await lab.run(logsCommand, { run: [MIXUP], ...typed })).stdout;
  expect(await logs({})).toBe('one\n\nthree\nfour, cut o');
  expect(await logs({ lines: 1 })).toBe('four, cut o');
  expect(await logs({ lines: 3 })).toBe('\nthree\nfour, cut o');
  expect(await logs({ lines: 9 })).toBe('one\n\nthree\nfour, cut o');
  expect(await logs({ lines: 0 })).toBe('');
  expect(await logs({ attempt: 9 })).toBe('nine\n');
});

it('the last lines of a long log are found from its end', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'running' });
  const lines = Array.from({ length: 50_000 }, (_, line) => `line ${line} of many: ünïcode\n`);
  lab.log(MIXUP, 1, 1, lines.join(''));
  const { stdout } = await lab.run(logsCommand, { run: [MIXUP], lines: 9000 });
  expect(stdout).toBe(lines.slice(-9000).join(''));
});

it('names the trial before each line where there are several', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'completed' });
  lab.status(CUTMIX, 2, { state: 'interrupted' });
  lab.log(MIXUP, 1, 1, 'first\ncut o');
  lab.log(CUTMIX, 2, 1, 'second\n');
  const { stdout, stderr, exitCode } = await lab.run(logsCommand, { run: ['*'] });
  expect(stdout).toBe(`${MIXUP}/trial1 | first\n${MIXUP}/trial1 | cut o\n${CUTMIX}/trial2 | second\n`);
  expect([exitCode, stderr]).toEqual([0, '']);
});

it('says where there is nothing to print', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'running', attempt: 2 });
  lab.log(MIXUP, 1, 1, 'one\n');
  lab.log(MIXUP, 1, 2, '');
  const planned = await lab.run(logsCommand, { run: [CUTMIX], trial: 1 });
  expect([planned.exitCode, planned.stdout, planned.stderr]).toEqual([
    1,
    '',
    `mixlab logs: ${CUTMIX} trial 1 is planned and has printed nothing\n`,
  ]);
  const attempt = await lab.run(logsCommand, { run: [MIXUP], trial: 1, attempt: 3 });
  expect([attempt.exitCode, attempt.stderr]).toEqual([
    1,
    `mixlab logs: ${MIXUP} trial 1 has no attempt 3; it has 1, 2\n`,
  ]);
  const unnamed = await lab.mixlab('logs', '--attempt=0');
  expect([unnamed.exitCode, unnamed.stderr]).toEqual([
    2,
    'mixlab logs: RUN: expected the name of a run\n' +
      'mixlab logs: --attempt: expected the number of an attempt, from 1 (got "0")',
  ]);
});

it('follows a training from before its start, over an interruption, to its end', async () => {
  const lab = new TrialsLab();
  const { child, until } = following(lab, `${MIXUP}/trial1`);
  await until('is planned; waiting for its next start');
  lab.status(MIXUP, 1, { state: 'running', ...processFields() });
  const first = lab.log(MIXUP, 1, 1, 'epoch 1\nhal');
  await until('hal');
  const line = Buffer.from('f a line, ünïcode\n');
  appendFileSync(first, line.subarray(0, 12));
  appendFileSync(first, line.subarray(12));
  await until('half a line, ünïcode\n');
  appendFileSync(first, 'the last words\n');
  lab.status(MIXUP, 1, { state: 'interrupted', exitCode: 75 });
  await until('is interrupted; waiting for its next start');
  const second = lab.log(MIXUP, 1, 2, 'goes on\n');
  lab.status(MIXUP, 1, { state: 'running', attempt: 2, ...processFields() });
  await until('goes on\n');
  appendFileSync(second, 'epoch 4\n');
  lab.status(MIXUP, 1, { state: 'completed', attempt: 2, epoch: 4 });
  const { exitCode, stdout, stderr } = await child;
  expect(stdout).toBe('epoch 1\nhalf a line, ünïcode\nthe last words\ngoes on\nepoch 4');
  expect(stderr.split('\n')).toEqual([
    `mixlab logs: ${MIXUP} trial 1 is planned; waiting for its next start`,
    `mixlab logs: ${MIXUP} trial 1 is interrupted; waiting for its next start`,
    `mixlab logs: ${MIXUP} trial 1: attempt 2`,
    `mixlab logs: ${MIXUP} trial 1 is completed`,
  ]);
  expect(exitCode).toBe(0);
});

it('follows several until each has ended, and says how', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'failed', error: 'the loss is nan\nmore' });
  lab.status(MIXUP, 2, { state: 'running', ...processFields() });
  lab.log(MIXUP, 1, 1, 'one\n');
  lab.log(MIXUP, 2, 1, 'two\n');
  const { child, until } = following(lab, MIXUP);
  await until('/trial2 | two\n');
  lab.write(`work_dirs/digits/${MIXUP}/trial2/cancel`, '');
  lab.status(MIXUP, 2, { state: 'cancelled' });
  const { stderr } = await child;
  expect(stderr).toBe(
    `mixlab logs: ${MIXUP} trial 1 failed: the loss is nan\nmixlab logs: ${MIXUP} trial 2 is cancelled`,
  );
});
