import { ConfigError, formatIssue } from '@mixlab/contracts';
import { defineOpenMixupSweep, todo, vary } from '@mixlab/dsl';
import type { ExperimentData } from '@mixlab/dsl';
import { planExperiment } from '@mixlab/plan';
import { expect, it } from 'vitest';

const base = {
  model: { type: 'Mixed', alpha: 1, mix_mode: 'mixup', backbone: { type: 'ResNet', depth: 18 } },
  data: { train: { pipeline: [{ type: 'Resize', size: 64 }, { type: 'Flip' }] } },
  optimizer: { type: 'SGD', lr: 0.1, momentum: 0.9 },
  log_level: 'INFO',
  runner: { type: 'Epochs', max_epochs: 100 },
  total_epochs: 100,
} as const;

const source = { file: 'configs/flowers.config.ts', sha256: '0'.repeat(64) };

function configs(authored: object, from: object = base, options = {}) {
  const experiment = (defineOpenMixupSweep(from, options) as unknown as (authored: object) => ExperimentData)(
    {
      name: 'flowers',
      ...authored,
    },
  );
  return [...planExperiment(experiment, { source }).runs()];
}

function issues(...given: Parameters<typeof configs>): string[] {
  try {
    configs(...given);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues.map(formatIssue);
    throw error;
  }
  return [];
}

it('makes the base with what the sweep sets, in the order of its keys', () => {
  const [first, second] = configs({
    'model.alpha': vary(0.2, [1, 0.2]),
    'data.train.pipeline.0.size': 32,
    optimizer: { lr: 0.2 },
  });
  expect(JSON.stringify(first?.config)).toBe(
    JSON.stringify({
      ...base,
      model: { ...base.model, alpha: 0.2 },
      data: { train: { pipeline: [{ type: 'Resize', size: 32 }, { type: 'Flip' }] } },
      optimizer: { ...base.optimizer, lr: 0.2 },
    }),
  );
  expect(second?.config).toMatchObject({ model: { alpha: [1, 0.2] } });
  expect(first?.name).toMatch(/^resnet-d18-mixup-ep100-a0.2-[0-9a-f]{8}$/);
});

it('takes a dict with a type for another dict, and one without for a part', () => {
  const [other] = configs({ optimizer: { type: 'AdamW', lr: 0.001 } });
  expect(other?.config).toMatchObject({ optimizer: { type: 'AdamW', lr: 0.001 } });
  expect(other?.config).not.toHaveProperty('optimizer.momentum');
});

it.each([
  [
    'a path that the base does not have',
    { 'runner.max_epoch': 3 },
    'runner.max_epoch: unknown field "max_epoch" (did you mean runner.max_epochs?)',
  ],
  [
    'the same inside of a dict',
    { runner: { max_epoch: 3 } },
    'runner.max_epoch: the base config has no field "max_epoch" (did you mean runner.max_epochs?)',
  ],
  [
    'an axis that nothing reads',
    { total_epochs: vary(3, 4) },
    'total_epochs: nothing in openmixup reads `total_epochs` (did you mean runner.max_epochs?)',
  ],
  [
    'another kind of value',
    { 'runner.max_epochs': '3' },
    'runner.max_epochs: the base config has another kind of value (expected a number, got "3")',
  ],
  [
    'a field of a list',
    { 'data.train.pipeline': { size: 3 } },
    'data.train.pipeline: the base config has another kind of value (expected a list, or what may stand for one, got {"size":3})',
  ],
  [
    'what changes no training',
    { log_level: vary('INFO', 'DEBUG') },
    'log_level: `log_level` does not change what is trained, so all of its values would be one run; to repeat runs with other seeds, use `trials`',
  ],
])('refuses %s', (_, authored, message) => {
  expect(issues(authored)).toEqual([message]);
});

it('refuses what nothing reads in `when` and in --set, too', () => {
  const define = defineOpenMixupSweep(base) as unknown as (authored: object) => ExperimentData & {
    when(wanted: object, values: object): ExperimentData;
  };
  const sweep = define({ name: 'flowers', 'model.alpha': vary(0.2, 1) });
  const problem = (experiment: ExperimentData, sets: [string, number][]) => () =>
    planExperiment(experiment, { source, sets });
  const told = 'total_epochs: nothing in openmixup reads `total_epochs` (did you mean runner.max_epochs?)';
  expect(problem(sweep.when({ 'model.alpha': 1 }, { total_epochs: 3 }), [])).toThrow(told);
  expect(problem(sweep, [['total_epochs', 3]])).toThrow(told);
  expect(problem(sweep, [['runner.max_epochs', 3]])).not.toThrow();
});

it('keeps an axis that nothing reads where OpenMixup`s own files are wanted', () => {
  const runs = configs({ total_epochs: vary(3, 4) }, base, { keepDefects: true });
  expect(runs.map(({ config }) => (config as { total_epochs: number }).total_epochs)).toEqual([3, 4]);
});

it('refuses a base with a todo, and a todo in a sweep, with its words', () => {
  const open = { ...base, optimizer: { ...base.optimizer, lr: todo('base.py:3: it is computed') } };
  expect(issues({ 'model.alpha': vary(1, todo('sweep.py:7: it is read from a file')) }, open)).toEqual([
    'model.alpha: this is still to be filled in: sweep.py:7: it is read from a file',
    'optimizer.lr: this is still to be filled in: base.py:3: it is computed',
  ]);
});

it('refuses a todo in place of the base', () => {
  expect(issues({ 'model.mix_block.alpha': vary(1, 2) }, todo('sweep.py:3: there is no r34.py'))).toEqual([
    'base: this is still to be filled in: sweep.py:3: there is no r34.py',
  ]);
});
