import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CUTMIX, hashOf, MIXUP, TrialsLab } from './trials-lab.ts';

function requested(lab: TrialsLab): string[] {
  return [MIXUP, CUTMIX].flatMap((run) =>
    [1, 2]
      .filter((trial) => existsSync(join(lab.directory(run, trial), 'cancel')))
      .map((trial) => `${run}/${trial}`),
  );
}

it('asks what runs to end, keeps the rest from being started, and leaves what is completed', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'completed', epoch: 4 });
  lab.status(MIXUP, 2, { state: 'running', schedulerJob: '17_3' });
  lab.status(CUTMIX, 1, { state: 'failed', error: 'the loss is nan' });
  const dry = await lab.mixlab('cancel', '*', '--dry-run');
  expect(dry.stdout).toContain('dry run: 1 completed, 1 asked to end, 2 cancelled');
  expect(requested(lab)).toEqual([]);

  const { stdout, stderr, exitCode } = await lab.mixlab('cancel', '*');
  expect({ exitCode, stdout, stderr }).toMatchInlineSnapshot(`
    {
      "exitCode": 0,
      "stderr": "",
      "stdout": "completed         resnet8-mixup-ep4-1a1a1a1a trial 1
    asked to end      resnet8-mixup-ep4-1a1a1a1a trial 2, node7:4711 job 17_3
    cancelled         resnet8-cutmix-ep4-2b2b2b2b trial 1, was failed
    cancelled         resnet8-cutmix-ep4-2b2b2b2b trial 2, was planned
    1 completed, 1 asked to end, 2 cancelled",
    }
  `);
  expect(requested(lab)).toEqual([`${MIXUP}/2`, `${CUTMIX}/1`, `${CUTMIX}/2`]);
  const request = readFileSync(join(lab.directory(CUTMIX, 2), 'cancel'), 'utf8');
  expect(JSON.parse(request)).toMatchObject({ hash: hashOf(CUTMIX) });

  expect((await lab.mixlab('cancel', '--experiment=digits')).stdout).toContain(
    '1 completed, 3 cancelled before',
  );
  const status = await lab.mixlab('status');
  expect(status.stdout).toContain('digits: 4 trials, 1 running, 2 cancelled, 1 completed');
  expect(status.stdout).toMatch(/ 2 +running .*asked to end/);
});

it('takes a beginning, one trial, and states', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'failed' });
  await lab.mixlab('cancel', '--state=failed');
  await lab.mixlab('cancel', '2b2b/trial2');
  expect(requested(lab)).toEqual([`${MIXUP}/1`, `${CUTMIX}/2`]);
});

it.each<[args: string[], message: string]>([
  [[], 'mixlab cancel: nothing is named: RUN…, --experiment or --state says what is to be cancelled'],
  [
    ['resnet8', 'resnet8-mixup-ep4-1a1a1a1b', `${MIXUP}/trial3`],
    `mixlab cancel: resnet8 is the beginning of several runs: ${MIXUP}, ${CUTMIX}; 'resnet8*' takes them all\n` +
      `mixlab cancel: no run is called resnet8-mixup-ep4-1a1a1a1b; did you mean ${MIXUP}?\n` +
      `mixlab cancel: ${MIXUP} has no trial 3, the plan has 2`,
  ],
  [
    ['resnet9', '--state=runing', '--trial=0'],
    'mixlab cancel: --trial: trials count from 1 (got "0")\n' +
      'mixlab cancel: --state: this value is not known (expected planned, stale, running, interrupted, cancelled, failed, paused, completed, got "runing"; did you mean running?)\n' +
      `mixlab cancel: no run is called resnet9; there are ${MIXUP}, ${CUTMIX}`,
  ],
  [[MIXUP, '--tral=1'], 'mixlab cancel: unknown option --tral (did you mean --trial?)'],
])('refuses %j', async (args, message) => {
  const lab = new TrialsLab();
  const { exitCode, stdout, stderr } = await lab.mixlab('cancel', ...args);
  expect([exitCode, stdout, stderr]).toEqual([2, '', message]);
  expect(requested(lab)).toEqual([]);
});

it('leaves the directory of another run alone, and goes on with the others', async () => {
  const lab = new TrialsLab();
  lab.status(MIXUP, 1, { state: 'running', hash: hashOf('3c3c3c3c') });
  mkdirSync(join(lab.directory(MIXUP, 2), '..'), { recursive: true });
  writeFileSync(lab.directory(MIXUP, 2), 'a file');
  const { exitCode, stdout } = await lab.mixlab('cancel', '*');
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/^not cancelled .* trial 1: .* belongs to another run$/m);
  expect(stdout).toMatch(/^not cancelled .* trial 2: E(EXIST|NOTDIR)/m);
  expect(requested(lab)).toEqual([`${CUTMIX}/1`, `${CUTMIX}/2`]);
});
