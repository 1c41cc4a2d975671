import { defineExperiment, mix, recipes, together, vary } from '@mixlab/dsl';
import { at } from '@mixlab/dsl/origin';
import { expect, it } from 'vitest';
import { planOf } from './plan-of.ts';

const file = 'configs/example.config.ts';
const place = (by: string, line: number, column: number) => {
  return { kind: 'authored', by, at: { file, line, column } };
};

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
    ['maxEpochs', place('vary', 7, 19), place('vary', 7, 24)],
    ['optimizer.lr', place('experiment', 6, 16), place('experiment', 6, 16)],
    ['mixMode.alpha', place('experiment', 8, 24), place('experiment', 8, 24)],
  ]);
  const recipe = { kind: 'recipe', recipe: 'cifar', at: { file, line: 5, column: 3, brought: true } };
  expect(origins(['optimizer.momentum', 'optimizer.weightDecay'])).toEqual([
    ['optimizer.momentum', recipe, place('when', 9, 40)],
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
  expect(run?.originOf('maxEpochs')).toEqual({ kind: 'authored', by: 'experiment' });
});

it('tells what a value replaced, down to the default', () => {
  const experiment = defineExperiment({
    name: 'example',
    recipe: recipes.cifar,
    backbone: 'resnet18',
    ...together({ maxEpochs: 100, batchSize: 64 }, { maxEpochs: 300, batchSize: 128 }),
    mixMode: mix.cutmix({ alpha: 0.5, perSample: true }),
  }).when({ maxEpochs: 300 }, { 'optimizer.lr': 0.3, mixMode: mix.mixup() });
  const [, long] = planOf(experiment, { sets: [['optimizer.lr', 0.5]] }).runs();
  const explained = new Map(long?.explain().map((explanation) => [explanation.path, explanation]));
  const sources = (path: string) =>
    explained.get(path)?.settings.map(({ value, origin }) => {
      return [value, origin.kind === 'authored' ? origin.by : origin.kind];
    });
  expect(sources('optimizer.lr')).toEqual([
    [0.5, 'command-line'],
    [0.3, 'when'],
    [0.1, 'recipe'],
  ]);
  expect(sources('batchSize')).toEqual([
    [128, 'together'],
    [100, 'recipe'],
  ]);
  expect(explained.get('batchSize')?.default).toEqual({ model: 'RunConfig', field: 'batchSize' });
  // A method that replaces another one takes its parameters away.
  expect(sources('mixMode.perSample')).toEqual([
    [undefined, 'when'],
    [true, 'experiment'],
  ]);
  expect(explained.get('mixMode.perSample')).toMatchObject({
    value: false,
    default: { model: 'MixUp', field: 'perSample', value: false },
  });
  expect(sources('ema.decay')).toEqual([]);
});
