import { defineOpenMixupSweep, todo, uniform, vary } from '@mixlab/dsl';
import type { Experiment } from '@mixlab/dsl';
import { expectTypeOf, it } from 'vitest';

const base = {
  model: {
    type: 'Mixed',
    alpha: 1,
    mix_mode: 'mixup',
    pretrained: null,
    head: { loss: { use_soft: false } },
  },
  data: { train: { pipeline: [{ type: 'Resize', size: 64 }, { type: 'Flip' }] } },
  optimizer: {
    type: 'SGD',
    lr: todo('base.py:3: it is computed'),
    paramwise: { '(bn|gn).weight': { decay: 0 } },
  },
  runner: { type: 'Epochs', max_epochs: 100 },
} as const;

it('varies fields of the base in step, and draws them', () => {
  const sweep = defineOpenMixupSweep(base);
  sweep({
    name: 'coupled',
    ...sweep.together(
      { 'runner.max_epochs': 100, 'model.alpha': 0.2 },
      { 'runner.max_epochs': 300, 'model.alpha': [1, 0.2] },
    ),
    ...sweep.sample(3, { 'optimizer.lr': uniform(0.1, 1) }),
  }).when({ 'runner.max_epochs': 300 }, { 'model.mix_mode': 'cutmix' });
  // @ts-expect-error -- a typo
  sweep.together({ 'runner.max_epoch': 100 }, { 'runner.max_epoch': 300 });
  // @ts-expect-error -- a typo in what is drawn
  sweep.sample(3, { 'model.alhpa': uniform(0, 1) });
});

it('sets and varies every path of the base', () => {
  const sweep = defineOpenMixupSweep(base)({
    name: 'flowers',
    'model.mix_mode': vary('mixup', ['mixup', 'cutmix']),
    'model.alpha': vary(0.2, [1, 0.2]),
    'model.pretrained': 'weights.pth',
    'model.head.loss.use_soft': vary(true, false),
    'data.train.pipeline.0.size': vary(32, 64),
    'runner.max_epochs': vary(100, 300),
    optimizer: vary({ lr: 0.1 }, { type: 'AdamW', lr: 0.001, betas: [0.9, 0.999] }),
    launch: { gpusPerRun: 4 },
  })
    .when({ 'model.mix_mode': 'mixup', 'runner.max_epochs': [300] }, { 'optimizer.lr': 0.2 })
    .exclude({ 'model.head.loss.use_soft': true });
  expectTypeOf(sweep).toExtend<Experiment<never, never, never> | object>();
});

it('refuses a path that the base does not have', () => {
  defineOpenMixupSweep(base)({
    name: 'flowers',
    // @ts-expect-error it is runner.max_epochs
    'runner.max_epoch': 100,
  });
  defineOpenMixupSweep(base)({
    name: 'flowers',
    // @ts-expect-error the second step has no size
    'data.train.pipeline.1.size': 100,
  });
  defineOpenMixupSweep(base)({ name: 'flowers', 'runner.max_epochs': vary(1, 2) }).exclude({
    // @ts-expect-error alpha does not vary
    'model.alpha': 1,
  });
});

it('names the right path for what nothing reads', () => {
  defineOpenMixupSweep(base)({
    name: 'flowers',
    // @ts-expect-error runner.max_epochs is what counts
    total_epochs: vary(100, 300),
  });
  defineOpenMixupSweep(
    { ...base, total_epochs: 100 },
    { keepDefects: true },
  )({
    name: 'flowers',
    total_epochs: vary(100, 300),
  });
});

it('refuses another kind of value', () => {
  defineOpenMixupSweep(base)({
    name: 'flowers',
    // @ts-expect-error epochs are counted
    'runner.max_epochs': vary('100', '300'),
  });
  defineOpenMixupSweep(base)({
    name: 'flowers',
    // @ts-expect-error it is yes or no
    'model.head.loss.use_soft': 'yes',
  });
});

it('takes anything where the base is not known', () => {
  defineOpenMixupSweep(base)({ name: 'flowers', 'optimizer.lr': vary(0.1, 0.2) });
  defineOpenMixupSweep(todo('sweep.py:1: no base'))({ name: 'flowers', 'a.b': vary(1, 'x') });
});
