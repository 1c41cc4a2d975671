// Generated from the training library by `npx nx run catalog:generate`. Do not edit.

import type { Rule } from '../rule.ts';

/** Rules that hold between fields of a run config. */
export const rules: readonly Rule[] = [
  {
    kind: 'compare',
    code: 'warmup-too-long',
    message: 'the warm-up is longer than the training',
    left: 'schedule.warmupEpochs',
    op: '<=',
    right: 'maxEpochs',
  },
  {
    kind: 'compare',
    code: 'min-lr-above-lr',
    message: 'the schedule ends above the learning rate that it starts from',
    left: 'schedule.minLr',
    op: '<=',
    right: 'optimizer.lr',
  },
  {
    kind: 'matches',
    code: 'stem-of-resnet',
    message: 'only a ResNet has a `cifar` stem',
    path: 'backbone',
    pattern: '[a-z_]*res(net|next)\\d+[A-Za-z0-9_.-]*',
    expected: 'a ResNet, ResNeXt or Wide ResNet',
    when: [{ path: 'model.stem', equals: 'cifar' }],
  },
  {
    kind: 'bound',
    code: 'digits-name',
    message: 'the layout `digits` is of the dataset `digits` alone',
    path: 'dataset.name',
    op: '==',
    value: 'digits',
    when: [{ path: 'dataset.layout', equals: 'digits' }],
  },
  {
    kind: 'bound',
    code: 'digits-classes',
    message: 'there are ten digits',
    path: 'dataset.classes',
    op: '==',
    value: 10,
    when: [{ path: 'dataset.layout', equals: 'digits' }],
  },
  {
    kind: 'sum',
    code: 'probabilities-sum',
    message: 'the probabilities do not sum to 1',
    sum: 'mixMode.choices[].probability',
    equals: 1,
    tolerance: 0.000001,
    when: [{ path: 'mixMode.name', equals: 'oneOf' }],
  },
  {
    kind: 'compare',
    code: 'crop-area-order',
    message: 'the least area of a crop is above the greatest',
    left: 'inputs.cropArea.0',
    op: '<=',
    right: 'inputs.cropArea.1',
  },
  {
    kind: 'compare',
    code: 'crop-aspect-order',
    message: 'the least aspect of a crop is above the greatest',
    left: 'inputs.cropAspect.0',
    op: '<=',
    right: 'inputs.cropAspect.1',
  },
  {
    kind: 'bound',
    code: 'nesterov-momentum',
    message: "Nesterov's momentum needs a momentum",
    path: 'optimizer.momentum',
    op: '>',
    value: 0,
    when: [
      { path: 'optimizer.name', equals: 'sgd' },
      { path: 'optimizer.nesterov', equals: true },
    ],
  },
];
