import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { at } from '@mixlab/dsl/origin';
import { expect, it } from 'vitest';
import { planOf } from './plan-of.ts';

const file = 'configs/example.config.ts';
const place = (line: number, column: number) => ({ kind: 'authored', at: { file, line, column } });

const authored = at(
  {
    name: 'example',
    recipe: recipes.cifar,
    backbone: 'resnet18',
    optimizer: at({ lr: 0.3 }, file, { '': [6, 14], lr: [6, 16] }),
    maxEpochs: at(vary(100, 300), file, { '': [7, 14], '0': [7, 19], '1': [7, 24] }),
    mixMode: mix.mixup(at({ alpha: 0.2 }, file, { '': [8, 22], alpha: [8, 24] })),
  } as const,
  file,
  { '': [3, 33], name: [4, 3], recipe: [5, 3], optimizer: [6, 3], maxEpochs: [7, 3], mixMode: [8, 3] },
);

it('knows for every value of every run where it comes from', () => {
  const experiment = defineExperiment(authored).when(
    { maxEpochs: 300 },
    at({ optimizer: at({ momentum: 0.8 }, file, { momentum: [9, 40] }) }, file, { optimizer: [9, 27] }),
  );
  const [short, long] = planOf(experiment, { sets: [['batchSize', 50]] }).runs();
  const origins = (paths: readonly string[]) =>
    paths.map((path) => [path, short?.originOf(path), long?.originOf(path)]);
  expect(origins(['maxEpochs', 'optimizer.lr', 'mixMode.alpha'])).toEqual([
    ['maxEpochs', place(7, 19), place(7, 24)],
    ['optimizer.lr', place(6, 16), place(6, 16)],
    ['mixMode.alpha', place(8, 24), place(8, 24)],
  ]);
  const recipe = { kind: 'recipe', recipe: 'cifar', at: { file, line: 5, column: 3 } };
  expect(origins(['optimizer.momentum', 'optimizer.weightDecay'])).toEqual([
    ['optimizer.momentum', recipe, place(9, 40)],
    ['optimizer.weightDecay', recipe, recipe],
  ]);
  const other = { kind: 'default' };
  expect(origins(['optimizer.eps', 'mixMode.perSample', 'seed', 'nothing.of.the.kind'])).toEqual([
    ['optimizer.eps', other, other],
    ['mixMode.perSample', other, other],
    ['seed', other, other],
    ['nothing.of.the.kind', other, other],
  ]);
  expect(short?.originOf('batchSize')).toEqual({ kind: 'command-line', setting: 'batchSize=50' });
});

it('does without places where nobody recorded any', () => {
  const [run] = planOf(
    defineExperiment({ name: 'example', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 1 }),
  ).runs();
  expect(run?.originOf('maxEpochs')).toEqual({ kind: 'authored' });
});
