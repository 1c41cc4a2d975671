import {
  best,
  choice,
  defineExperiment,
  halving,
  logUniform,
  medianOfLast,
  mix,
  recipes,
  sample,
  together,
  uniform,
  vary,
} from '@mixlab/dsl';
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

it('tells what a sample drew', () => {
  const experiment = defineExperiment({
    name: 'example',
    recipe: recipes.cifar,
    backbone: 'resnet18',
    maxEpochs: 100,
    ...sample(2, { 'optimizer.lr': logUniform(1e-3, 1), batchSize: choice(64, 128) }),
    mixMode: mix.mixup({ alpha: sample(2, uniform(0, 1)) }),
  });
  for (const path of ['optimizer.lr', 'batchSize', 'mixMode.alpha'])
    expect(planOf(experiment).run(0).originOf(path), path).toMatchObject({ kind: 'authored', by: 'sample' });
});

it('tells what set trials, report, launch and halving, which no config holds', () => {
  const experiment = defineExperiment(
    at(
      {
        name: 'example',
        recipe: recipes.cifar,
        backbone: vary('resnet20', 'resnet56', 'resnet110'),
        maxEpochs: 81,
        trials: 2,
        report: medianOfLast(3, 'top5'),
        launch: at(
          { gpusPerRun: 4, slurm: at({ partition: 'gpu', sbatch: ['--exclude=node7'] }, file, {}) },
          file,
          {
            gpusPerRun: [9, 13],
          },
        ),
        halving: halving({ metric: 'top1', eta: 3 }),
      } as const,
      file,
      { trials: [7, 3], report: [8, 3], launch: [9, 3], halving: [10, 3] },
    ),
  )
    .when({ backbone: ['resnet56', 'resnet110'] }, at({ report: best() }, file, { report: [11, 50] }))
    .when({ backbone: 'resnet110' }, { report: medianOfLast(9) });
  const plan = planOf(experiment, { sets: [['launch.gpusPerRun', 2]] });
  const told = [...plan.runs()].map((run) => {
    return run.explainExperiment().map(({ path, value, settings, default: under }) => {
      const sources = settings.map(({ value: set, origin }) => {
        const by = origin.kind === 'authored' ? origin.by : origin.kind;
        const { line, column } = origin.at ?? {};
        return `${JSON.stringify(set)} ${by}${origin.at ? ` ${line}:${column}` : ''}`;
      });
      const lowest = under && 'value' in under ? [`${JSON.stringify(under.value)} default`] : [];
      return [path, value, ...sources, ...lowest];
    });
  });
  const same = [
    ['launch.gpusPerRun', 2, '2 command-line', '4 experiment 9:13', '1 default'],
    ['launch.slurm.partition', 'gpu', '"gpu" experiment 9:3'],
    ['launch.slurm.sbatch', ['--exclude=node7'], '["--exclude=node7"] experiment 9:3'],
    ['halving.metric', 'top1', '"top1" experiment 10:3'],
    ['halving.eta', 3, '3 experiment 10:3'],
    ['halving.min', 3],
  ];
  const metric = ['"top5" experiment 8:3', '"top1" default'];
  expect(told).toEqual([
    [
      ['trials', 2, '2 experiment 7:3', '1 default'],
      ['report.reducer', 'medianOfLast', '"medianOfLast" experiment 8:3', '"medianOfLast" default'],
      ['report.epochs', 3, '3 experiment 8:3', '5 default'],
      ['report.metric', 'top5', ...metric],
      ...same,
    ],
    [
      ['trials', 2, '2 experiment 7:3', '1 default'],
      [
        'report.reducer',
        'best',
        '"best" when 11:50',
        '"medianOfLast" experiment 8:3',
        '"medianOfLast" default',
      ],
      ['report.metric', 'top1', '"top1" when 11:50', ...metric],
      ...same,
    ],
    [
      ['trials', 2, '2 experiment 7:3', '1 default'],
      [
        ...['report.reducer', 'medianOfLast', '"medianOfLast" when', '"best" when 11:50'],
        ...['"medianOfLast" experiment 8:3', '"medianOfLast" default'],
      ],
      ['report.epochs', 9, '9 when', 'undefined when 11:50', '3 experiment 8:3', '5 default'],
      ['report.metric', 'top1', '"top1" when', '"top1" when 11:50', ...metric],
      ...same,
    ],
  ]);
});

it('tells the defaults of what an experiment does not say of its runs', () => {
  const [run] = planOf(
    defineExperiment({ name: 'example', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 1 }),
  ).runs();
  expect(run?.explainExperiment()).toEqual([
    { path: 'trials', value: 1, settings: [], default: { field: 'trials', value: 1 } },
    {
      path: 'report.reducer',
      value: 'medianOfLast',
      settings: [],
      default: { field: 'reducer', value: 'medianOfLast' },
    },
    { path: 'report.epochs', value: 5, settings: [], default: { field: 'epochs', value: 5 } },
    { path: 'report.metric', value: 'top1', settings: [], default: { field: 'metric', value: 'top1' } },
    { path: 'launch.gpusPerRun', value: 1, settings: [], default: { field: 'gpusPerRun', value: 1 } },
  ]);
});
