import { chmodSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

/** A batch of 2 × 179 images of 48 × 48 pixels, which can be cut into passes of 179 and 2. */
const LARGE = `
import { datasets, defineExperiment, mix, recipes } from '@mixlab/dsl';

export default defineExperiment({
  name: 'large',
  recipe: recipes.quickstart,
  dataset: { ...datasets.digits, size: 48 },
  backbone: 'resnet8',
  maxEpochs: 1,
  mixMode: mix.mixup({ alpha: 1 }),
  batchSize: 358,
  testBatchSize: 16,
  launch: { gpusPerRun: 0 },
});
`;

const root = resolve(import.meta.dirname, '../../..');

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

it.skipIf(process.platform !== 'linux')(
  'looks for the largest pass that fits into too little memory',
  async () => {
    const lab = new Lab({ 'large.config.ts': LARGE });
    // Its trainer may take only so much more than an idle one has.
    const limited = join(import.meta.dirname, '../../../libs/training/tests/fixtures/little_memory.py');
    lab.write(
      'python',
      `#!/usr/bin/env bash\npython='${root}/.venv/bin/python'\n` +
        `case "$3" in *.json) set -- "$@" --trainer "'$python' '${limited}' 950" ;; esac\nexec "$python" "$@"\n`,
    );
    chmodSync(join(lab.home, 'python'), 0o755);
    lab.env = { ...lab.env, MIXLAB_PYTHON: join(lab.home, 'python') };
    expect((await lab.mixlab('configs')).exitCode).toBe(0);
    const probed = await lab.mixlab('probe', '--steps=2');
    expect(probed.exitCode, probed.all).toBe(1);
    const title = 'mixlab probe: large: 1 of 1: resnet8 with mixup, batch 358:';
    const [first, second] = probed.stderr.split('\n');
    // In which of the two, the allocator decides.
    expect(first?.replace(/step [12]:/, 'step N:')).toMatch(
      `${title} does not work: out of memory in epoch 1, step N: a pass of 358 images of 3×48×48 does not fit`,
    );
    expect(second).toMatch(
      `${title} the most that fits is a pass of 179 images: set runtime.gpuBatchSize to 179, which takes the 358 ` +
        'images of a process in 2 passes: ',
    );

    // What was measured is known once that is set.
    lab.write(
      'configs/large.config.ts',
      LARGE.replace('testBatchSize', 'runtime: { gpuBatchSize: 179 },\n  testBatchSize'),
    );
    expect((await lab.mixlab('configs')).exitCode).toBe(0);
    const { stdout } = await lab.mixlab('budget');
    expect(stdout).not.toContain('not known');
  },
);
