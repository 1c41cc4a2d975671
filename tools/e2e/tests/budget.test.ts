import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab } from '../src/lab.ts';

const EXPERIMENT = `
import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'digits',
  recipe: recipes.quickstart,
  backbone: vary('resnet8', 'resnet14', 'resnet20'),
  maxEpochs: 1,
  mixMode: mix.vanilla(),
  trials: 2,
  launch: { gpusPerRun: 0 },
}).when({ backbone: 'resnet20' }, { 'optimizer.lr': 1e6 });
`;

it('reckons with a training that is done, probes the others, and refuses what takes too long', async () => {
  const lab = new Lab({ 'digits.config.ts': EXPERIMENT });
  expect((await lab.mixlab('configs')).exitCode).toBe(0);
  const plan = JSON.parse(readFileSync(join(lab.home, 'generated/digits/plan.json'), 'utf8'));
  const [resnet8] = plan.runs.map(({ name }: { name: string }) => name);
  lab.write('one.txt', `${resnet8} 1\n`);
  const trained = await lab.bash('generated/digits/launch/local.sh', '--list', join(lab.home, 'one.txt'));
  expect(trained.exitCode, trained.all).toBe(0);

  const probed = await lab.mixlab('probe', '--steps=8');
  expect(probed.exitCode, probed.all).toBe(1);
  expect(probed.stdout).toContain('digits: 2 to measure, 1 measured already\n');
  expect(probed.stdout).toMatch(
    /1 of 2: resnet14 with vanilla, batch 64: \d\S* s\/step, 22 steps an epoch, /,
  );
  expect(probed.stderr).toMatch(/2 of 2: resnet20 with vanilla, batch 64: does not work: .*diverged/);
  expect((await lab.mixlab('probe', '--failed')).stdout).toBe('digits: 0 to measure, 0 measured already');

  const { stdout } = await lab.mixlab('budget', '--json');
  const [budget] = JSON.parse(stdout).budgets;
  expect(budget).toMatchObject({ trials: 5, device: 'cpu', gpusPerRun: 0 });
  expect(budget.assumptions).toEqual([]);
  expect(budget.unknown).toEqual(['resnet20 with vanilla']);
  const lines = readFileSync(join(lab.home, `work_dirs/digits/${resnet8}/trial1/log.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const [, ...steady] = lines.filter(({ mode }) => mode === 'train');
  const [{ time: evaluation }] = lines.filter(({ mode }) => mode === 'val');
  const [ten, two] = steady.map(({ time }) => time as number);
  const hours = (22 * ((10 * ten! + 2 * two!) / 12) + evaluation) / 3600;
  expect(budget.hours).toEqual([expect.closeTo(hours, 9), expect.any(Number), expect.any(Number)]);
  expect(budget.hours[1]).toBeGreaterThan(0);

  const known = ['--only', '*resnet8*', '--only', '*resnet14*'];
  const refused = await lab.mixlab('run', ...known, '--max-gpu-hours=0.0000001');
  expect(refused.exitCode, refused.all).toBe(1);
  expect(refused.stderr).toMatch(/takes \S+ GPU-hours, more than --max-gpu-hours/);
  const unknown = await lab.mixlab('run', '--max-gpu-hours=1000');
  expect([unknown.exitCode, unknown.stderr.includes('how long resnet20 with vanilla takes')]).toEqual([
    1,
    true,
  ]);
  expect(readdirSync(join(lab.home, 'work_dirs/digits')).sort()).toEqual(['.probe.json', resnet8]);
});
