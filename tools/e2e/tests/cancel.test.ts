import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../src/lab.ts';
import { until } from '../src/processes.ts';

const EXPERIMENT = `
import { defineExperiment, last, mix, recipes } from '@mixlab/dsl';

export default defineExperiment({
  name: 'digits',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: 4,
  mixMode: mix.cutmix({ alpha: 1 }),
  report: last(),
  launch: { gpusPerRun: 0 },
});
`;

const SCRIPT = 'generated/digits/launch/local.sh';
const SAME_WEIGHTS = `
import sys, torch
a, b = (torch.load(f"{path}/checkpoints/last.pt", weights_only=True)["model"] for path in sys.argv[1:])
assert a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)
`;

function trialFolder(made: Lab): string {
  const work = join(made.home, 'work_dirs/digits');
  const run = existsSync(work) ? readdirSync(work).find((name) => name.startsWith('resnet8-')) : undefined;
  return join(work, run ?? '', 'trial1');
}

function stateOf(made: Lab): string {
  return JSON.parse(readFileSync(join(trialFolder(made), 'status.json'), 'utf8')).state;
}

it('a training that is cancelled keeps its checkpoint, stays cancelled, and ends as if nothing had been', async () => {
  const disturbed = new Lab({ 'digits.config.ts': EXPERIMENT });
  const { exitCode, all } = await disturbed.mixlab('configs');
  expect(exitCode, all).toBe(0);
  const undisturbed = new Lab({});
  cpSync(join(disturbed.home, 'generated'), join(undisturbed.home, 'generated'), { recursive: true });

  const script = disturbed.bash(SCRIPT);
  const noticed = new Promise<void>((resolve) => {
    script.stdout.on('data', (text) => String(text).includes('cancelled: finishing the step') && resolve());
  });
  const logs = disturbed.mixlab('logs', 'resnet8', '--follow');
  await untilEvaluated(() => trialFolder(disturbed));
  // It is in the midst of an epoch when it is told.
  const trainer = trainerOf(disturbed);
  process.kill(trainer, 'SIGSTOP');
  const cancel = await disturbed.mixlab('cancel', 'resnet8');
  expect(cancel.stdout).toMatch(/^asked to end .* trial 1, /);
  await noticed;
  process.kill(trainer, 'SIGCONT');

  const ended = await script;
  expect(ended.exitCode, ended.all).toBe(0);
  expect(stateOf(disturbed)).toBe('cancelled');
  expect(existsSync(join(trialFolder(disturbed), 'checkpoints/last.pt'))).toBe(true);
  expect((await logs).stderr).toMatch(/trial 1 is cancelled$/);
  expect((await logs).stdout).toContain('epoch 1');

  const again = await disturbed.bash(SCRIPT);
  expect([again.exitCode, again.stdout]).toEqual([0, expect.stringContaining('1 skipped')]);
  const status = await disturbed.mixlab('status', '--state=cancelled');
  expect(status.stdout).toContain('digits: 1 trials, 1 cancelled');

  const resumed = await disturbed.mixlab('resume', 'resnet8');
  expect(resumed.exitCode, resumed.all).toBe(0);
  expect(stateOf(disturbed)).toBe('completed');
  const reference = await undisturbed.bash(SCRIPT);
  expect(reference.exitCode, reference.all).toBe(0);
  const folders = [undisturbed, disturbed].map(trialFolder);
  const python = join(disturbed.home, '.venv/bin/python');
  const compared = await execa(python, ['-c', SAME_WEIGHTS, ...folders], { reject: false });
  expect(compared.exitCode, compared.stderr).toBe(0);
});

/** The process that trains: the only child of the one that status.json names. */
function trainerOf(made: Lab): number {
  const { pid } = JSON.parse(readFileSync(join(trialFolder(made), 'status.json'), 'utf8'));
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'));
}

async function untilEvaluated(folder: () => string): Promise<void> {
  await until(() => {
    const log = join(folder(), 'log.jsonl');
    return existsSync(log) && readFileSync(log, 'utf8').includes('"val"');
  }, 'an evaluation');
}
