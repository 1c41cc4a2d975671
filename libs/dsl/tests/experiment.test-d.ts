import type { Launch as PlanLaunch, Report as PlanReport } from '@mixlab/contracts';
import type { RunConfig } from '@mixlab/catalog';
import {
  best,
  choice,
  datasets,
  defineEngine,
  defineExperiment,
  halving,
  imageFolder,
  integer,
  last,
  logUniform,
  medianOfLast,
  mix,
  recipes,
  sample,
  together,
  uniform,
  vary,
} from '@mixlab/dsl';
import type { Experiment, ExperimentData, Launch, Report } from '@mixlab/dsl';
import { describe, expectTypeOf, it } from 'vitest';

const given = { name: 'example', recipe: recipes.pytorch } as const;

const experiment = defineExperiment({
  ...given,
  backbone: vary('resnet18', 'resnet50'),
  maxEpochs: vary(100, 300),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: vary(0.2, 1) }), mix.cutmix({ alpha: 1 })),
});

describe('what an experiment takes', () => {
  it('takes the example of the documentation', () => {
    const example = defineExperiment({
      name: 'imagenet/pytorch-style',
      recipe: recipes.pytorch,
      backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnext101_32x4d'),
      maxEpochs: vary(100, 300),
      mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 1 })),
      trials: 1,
      report: medianOfLast(5),
      launch: { gpusPerRun: 4 },
    })
      .when({ maxEpochs: 300 }, { report: medianOfLast(10) })
      .when({ backbone: 'resnet18', mixMode: ['cutmix', 'mixup'] }, { mixMode: { alpha: 0.2 } })
      .when({ backbone: 'resnet101' }, { 'optimizer.lr': 0.05 })
      .exclude({ backbone: 'resnext101_32x4d', maxEpochs: 300 });
    expectTypeOf(example).toExtend<ExperimentData<RunConfig>>();
    expectTypeOf(example).toExtend<ExperimentData>();
  });

  it('takes fields whole, in part and by path, each of them varied', () => {
    defineExperiment({ ...given, optimizer: { name: 'adamw', lr: vary(1e-3, 2e-3) } });
    defineExperiment({ ...given, 'optimizer.lr': vary(0.1, 0.2), 'inputs.cropArea': [0.08, 1] });
    defineExperiment({ ...given, inputs: vary({ trainSize: 160 }, { trainSize: 224, testSize: 256 }) });
    defineExperiment({
      ...given,
      dataset: vary(datasets.cifar10, imageFolder({ name: 'birds', classes: 9, size: 64 })),
    });
    defineExperiment({ ...given, maxEpochs: vary(...[1, 2, 3].map((factor) => factor * 100)) });
    defineExperiment({
      ...given,
      mixMode: mix.oneOf([
        [mix.mixup({ alpha: vary(0.1, 0.8) }), 0.5],
        [mix.cutmix(), 0.5],
      ]),
    });
  });

  it('takes values that were made elsewhere', () => {
    const epochs = vary(100, 300);
    const methods = vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }));
    const made = defineExperiment({ ...given, maxEpochs: epochs, mixMode: methods });
    made.when({ maxEpochs: 300, mixMode: 'mixup' }, {});
    // @ts-expect-error -- not among the values of `epochs`
    made.when({ maxEpochs: 200 }, {});
  });

  it('refuses unknown fields, at any depth', () => {
    // @ts-expect-error -- a typo
    defineExperiment({ ...given, maxEpoch: 100 });
    // @ts-expect-error -- a typo in a path
    defineExperiment({ ...given, 'optimizer.lrr': 0.1 });
    // @ts-expect-error -- a typo in an object
    defineExperiment({ ...given, optimizer: { lr: 0.1, momentun: 0.9 } });
    // @ts-expect-error -- a typo in one of several objects
    defineExperiment({ ...given, optimizer: vary({ lr: 0.1 }, { lrr: 0.2 }) });
    // @ts-expect-error -- a typo in an object of the first alternative
    together({ schedule: { warmupEpoch: 5 } }, { schedule: { warmupEpoch: 6 } });
    // @ts-expect-error -- a typo in an object of a later one
    together({ schedule: { warmupEpochs: 5 } }, { schedule: { warmupEpoch: 6 } });
    // @ts-expect-error -- a typo in a parameter that is an object
    mix.attentivemix({ teacher: { backbon: 'resnet18' } });
    // @ts-expect-error -- a typo in what Slurm is asked for
    defineExperiment({ ...given, launch: { gpusPerRun: 4, slurm: { partion: 'gpu' } } });
    // @ts-expect-error -- a typo in the launch options
    defineExperiment({ ...given, launch: { gpus: 4 } });
  });

  it('refuses unknown fields that come from elsewhere', () => {
    const isLong = given.name.length > 3;
    const brought = { momentun: 0.9 };
    // @ts-expect-error -- a typo in a constant
    defineExperiment({ ...given, ...brought });
    // @ts-expect-error -- a typo in a constant inside
    defineExperiment({ ...given, optimizer: brought });
    // @ts-expect-error -- a typo in what may be spread
    defineExperiment({ ...given, ...(isLong ? { maxEpoch: 3 } : {}) });
    // @ts-expect-error -- a typo in what may be spread into a parameter
    defineExperiment({ ...given, mixMode: mix.cutmix({ alpha: 1, ...(isLong ? { persample: true } : {}) }) });
    // @ts-expect-error -- a typo in objects that a function makes
    defineExperiment({ ...given, optimizer: vary(...[0.1, 0.2].map((lr) => ({ lr, momentun: 0.9 }))) });
    // @ts-expect-error -- a typo in a dataset of one's own
    imageFolder({ name: 'own', classes: 3, size: 32, trainSplt: 'training' });
    defineExperiment({ ...given, ...(isLong ? { maxEpochs: 3 } : {}) });
    const byName: Record<string, number> = { 'optimizer.lr': 0.1 };
    defineExperiment({ ...given, ...byName });
    defineExperiment({ ...given, ...Object.fromEntries(['maxEpochs'].map((name) => [name, 3])) });
  });

  it('takes its own values where their types are written out', () => {
    const all: Experiment[] = [];
    const report: Report = best('top5');
    for (const lr of [0.1, 0.2]) all.push(defineExperiment({ ...given, 'optimizer.lr': lr, report }));
    defineExperiment({ ...given, mixMode: mix.automix({ blockLr: vary(null, 0.1) }) });
    defineExperiment({
      ...given,
      mixMode: vary(mix.vanilla(), mix.oneOf([[mix.mixup({ alpha: vary(0.1, 1) }), 1]])),
    }).when({ 'mixMode.choices.0.method.alpha': 0.1 }, {});
    // @ts-expect-error -- TokenMix as OpenMixup has it reads attention
    defineExperiment({ ...given, backbone: 'resnet18', mixMode: mix.tokenmix({ compat: 'openmixup' }) });
    defineExperiment({ ...given, backbone: 'resnet18', mixMode: mix.tokenmix() });
  });

  it('knows what a halving takes', () => {
    defineExperiment({ ...given, halving: halving({ metric: 'top1', eta: 3 }) });
    // @ts-expect-error -- no metric of an evaluation
    halving({ metric: 'top-1', eta: 3 });
    // @ts-expect-error -- a typo
    halving({ metric: 'top1', etta: 3 });
    // @ts-expect-error -- it does not vary
    defineExperiment({ ...given, halving: halving({ metric: 'top1', eta: vary(2, 3) }) });
  });

  it('knows what a report may be of', () => {
    const made = defineExperiment({ ...given, maxEpochs: vary(100, 300), report: best('test.top1') });
    made.when({ maxEpochs: 100 }, { report: medianOfLast(5, 'loss') });
    // @ts-expect-error -- a typo
    defineExperiment({ ...given, report: best('top-1') });
    // @ts-expect-error -- a typo in when
    made.when({ maxEpochs: 100 }, { report: medianOfLast(5, 'top-1') });
    const other = defineEngine({ name: 'other', schema: { lr: 0.1 }, command: () => ['train'] });
    other
      .define({ name: 'other', lr: vary(1, 2), report: best('val/acc') })
      .when({ lr: 1 }, { report: last('val/acc') });
  });

  it('knows the fields of another trainer in together and sample', () => {
    const engine = defineEngine({
      name: 'other',
      schema: { lr: 0.1, model: 'a', data: { size: 3 } },
      command: () => ['train'],
    });
    engine
      .define({ name: 'other', ...engine.together({ lr: 1, model: 'a' }, { lr: 2, model: 'b' }) })
      .when({ model: 'a', lr: 1 }, { 'data.size': 4 });
    engine.define({ name: 'other', ...engine.sample(3, { lr: logUniform(1e-3, 1) }) });
    // @ts-expect-error -- a typo
    engine.together({ lrr: 1 }, { lrr: 2 });
    // @ts-expect-error -- text for a number in a later alternative
    engine.together({ lr: 1 }, { lr: '2' });
    // @ts-expect-error -- a typo in what is drawn
    engine.sample(3, { 'data.sizes': uniform(0, 1) });
  });

  it('knows the names of recipes and datasets that vary', () => {
    const recipe = vary(recipes.cifar, recipes.cifarVit);
    defineExperiment({ name: 'recipes', recipe, backbone: 'resnet18' })
      .when({ recipe: 'cifar-vit' }, {})
      // @ts-expect-error -- no recipe of this experiment
      .when({ recipe: 'swin' }, {});
    defineExperiment({ ...given, dataset: vary(datasets.cifar10, datasets.cifar100) })
      .when({ dataset: ['cifar10', 'cifar100'] }, {})
      // @ts-expect-error -- no dataset of this experiment
      .when({ dataset: 'imagenet' }, {});
  });

  it('knows the networks that a teacher may be', () => {
    mix.attentivemix({ teacher: { backbone: vary('resnet18', 'resnet26d'), weights: 'teacher.pth' } });
    // @ts-expect-error -- a typo
    mix.attentivemix({ teacher: { backbone: 'resnet5O' } });
    // @ts-expect-error -- a typo by path
    defineExperiment({ ...given, mixMode: mix.supermix(), 'mixMode.teacher.backbone': 'resnet5O' });
  });

  it('refuses values of other types, varied or not', () => {
    // @ts-expect-error -- text for a number
    defineExperiment({ ...given, maxEpochs: '100' });
    // @ts-expect-error -- text among numbers
    defineExperiment({ ...given, maxEpochs: vary(100, '300') });
    // @ts-expect-error -- text for a number by path
    defineExperiment({ ...given, 'optimizer.lr': '0.1' });
    // @ts-expect-error -- text among numbers by path
    defineExperiment({ ...given, 'optimizer.lr': vary(0.1, '0.2') });
    // @ts-expect-error -- not one of the choices
    defineExperiment({ ...given, precision: 'fp8' });
    // @ts-expect-error -- a name for an object
    defineExperiment({ ...given, dataset: 'cifar10' });
    // @ts-expect-error -- a number for an object
    defineExperiment({ ...given, optimizer: 3 });
    // @ts-expect-error -- a list for an object
    defineExperiment({ ...given, inputs: [1] });
    // @ts-expect-error -- a name among objects
    defineExperiment({ ...given, dataset: vary(datasets.cifar10, 'cifar100') });
    // @ts-expect-error -- a number for an object in step
    together({ schedule: 3 }, { schedule: { warmupEpochs: 3 } });
    // @ts-expect-error -- a number for an object in when
    defineExperiment(given).when({}, { optimizer: 3 });
    // @ts-expect-error -- nothing to vary over
    defineExperiment({ ...given, maxEpochs: vary() });
    // @ts-expect-error -- undefined is no value
    defineExperiment({ ...given, maxEpochs: undefined });
    // @ts-expect-error -- a parameter of a method that has none
    mix.vanilla({ alpha: 1 });
    mix.vanilla({});
    // @ts-expect-error -- a reducer's number of epochs
    medianOfLast('5');
  });

  it('refuses backbones that neither the catalog nor timm knows', () => {
    // @ts-expect-error -- the letter O
    defineExperiment({ ...given, backbone: 'resnet5O' });
    // @ts-expect-error -- the letter O among others
    defineExperiment({ ...given, backbone: vary('resnet18', 'resnet5O') });
    const known = defineExperiment({ ...given, backbone: vary('resnet18', 'resnet26d') });
    known.when({ backbone: 'resnet26d' }, {});
    // @ts-expect-error -- a model of timm that is no value of this axis
    known.when({ backbone: 'resnet26t' }, {});
  });

  it('refuses a method that reads attention where no backbone has it', () => {
    const deit = { ...given, recipe: recipes.deitSmall } as const;
    defineExperiment({ ...deit, backbone: 'deit_small_patch16_224', mixMode: mix.transmix() });
    // Which of them go together, `exclude` may tell.
    const mixMode = vary(mix.transmix(), mix.mixup());
    defineExperiment({ ...deit, backbone: vary('resnet50', 'swin_tiny_patch4_window7_224'), mixMode });
    // @ts-expect-error -- a ResNet
    defineExperiment({ ...given, backbone: 'resnet50', mixMode: mix.transmix() });
    const mixture = mix.oneOf([
      [mix.transmix(), 0.5],
      [mix.mixup(), 0.5],
    ]);
    defineExperiment({ ...deit, backbone: 'deit_small_patch16_224', mixMode: mixture });
    // @ts-expect-error -- a ResNet, and a mixture
    defineExperiment({ ...given, backbone: 'resnet50', mixMode: mixture });
    // @ts-expect-error -- two of them, and another method
    defineExperiment({ ...given, backbone: vary('resnet18', 'resnet50'), mixMode });
  });

  it('refuses a method that reads attention in a step where the backbones have none', () => {
    const deit = { backbone: 'deit_small_patch16_224' } as const;
    const varied = defineExperiment({
      ...given,
      backbone: vary('resnet18', 'deit_small_patch16_224'),
      maxEpochs: vary(100, 300),
      mixMode: vary(mix.mixup(), mix.transmix(), mix.tokenmix()),
    });
    varied.when({ backbone: 'deit_small_patch16_224' }, { mixMode: mix.transmix() });
    varied.when({ backbone: 'resnet18' }, { backbone: 'deit_small_patch16_224', mixMode: mix.transmix() });
    varied.when({ backbone: ['resnet18', 'deit_small_patch16_224'] }, { mixMode: mix.transmix() });
    varied.when({ mixMode: 'transmix' }, { backbone: 'resnet50', mixMode: mix.mixup() });
    varied.when({ maxEpochs: 100 }, { mixMode: mix.transmix() });
    varied.when({ mixMode: ['mixup', 'transmix'] }, { backbone: 'resnet50' });
    // @ts-expect-error -- a ResNet
    varied.when({ backbone: ['resnet18'], maxEpochs: 100 }, { mixMode: mix.transmix() });
    // @ts-expect-error -- a ResNet for TransMix
    varied.when({ mixMode: 'transmix' }, { backbone: 'resnet50' });
    // @ts-expect-error -- both of them
    varied.when({ maxEpochs: 100 }, { backbone: 'resnet50', mixMode: mix.tokenmix({ compat: 'openmixup' }) });

    // @ts-expect-error -- with a parameter of it
    varied.when({ mixMode: 'transmix' }, { backbone: 'resnet50', mixMode: { alpha: 1 } });
    // @ts-expect-error -- with the parameter that makes it read attention
    varied.when({ backbone: 'resnet18', mixMode: 'tokenmix' }, { mixMode: { compat: 'openmixup' } });
    const either = { resnet: { mixMode: mix.mixup() }, deit: { ...deit, mixMode: mix.transmix() } };
    for (const which of ['resnet', 'deit'] as const) varied.when({ maxEpochs: 100 }, either[which]);

    // Of what the experiment starts from, another step may make something else.
    const resnet = defineExperiment({ ...given, backbone: 'resnet50', maxEpochs: vary(100, 300) });
    resnet
      .when({ maxEpochs: 100 }, { mixMode: mix.transmix() })
      .when({ maxEpochs: 100 }, { backbone: 'deit_small_patch16_224' });
    let stepwise = resnet;
    for (const maxEpochs of [100, 300] as const)
      stepwise = stepwise.when({ maxEpochs }, { backbone: 'resnet18', mixMode: mix.mixup() });
    expectTypeOf([stepwise, varied]).toExtend<Experiment[]>();
  });

  it('refuses a method that reads attention in an alternative whose backbone has none', () => {
    const deit = { backbone: 'deit_small_patch16_224', mixMode: mix.transmix() } as const;
    together(deit, { backbone: 'resnet18', mixMode: mix.mixup() });
    // @ts-expect-error -- a ResNet
    together({ backbone: 'resnet18', mixMode: mix.transmix() }, deit);
    // @ts-expect-error -- a ResNet, after others
    together(deit, { backbone: 'resnet18', mixMode: mix.mixup() }, { ...deit, backbone: 'resnet18' });
  });

  it('refuses what does not vary', () => {
    // @ts-expect-error -- a name
    defineExperiment({ name: vary('a', 'b') });
    // @ts-expect-error -- trials
    defineExperiment({ ...given, trials: vary(1, 2) });
    // @ts-expect-error -- launch options
    defineExperiment({ ...given, launch: vary({ gpusPerRun: 1 }, { gpusPerRun: 2 }) });
    // @ts-expect-error -- launch options inside
    defineExperiment({ ...given, launch: { gpusPerRun: vary(1, 2) } });
    // @ts-expect-error -- seeds: that is what trials are for
    defineExperiment({ ...given, seed: vary(1, 2) });
    // @ts-expect-error -- a report: that is what `when` is for
    defineExperiment({ ...given, report: vary(medianOfLast(5), medianOfLast(10)) });
  });

  it('refuses an experiment without a name', () => {
    // @ts-expect-error -- no name
    defineExperiment({ recipe: recipes.pytorch });
  });
});

describe('methods', () => {
  it('refuses unknown methods and parameters', () => {
    // @ts-expect-error -- a typo
    mix.cutmx();
    // @ts-expect-error -- a typo
    mix.mixup({ alhpa: 0.2 });
    // @ts-expect-error -- a typo beside a good one
    mix.mixup({ alpha: 0.2, persample: true });
    // @ts-expect-error -- text for a number
    mix.mixup({ alpha: '0.2' });
    // @ts-expect-error -- text among numbers
    mix.mixup({ alpha: vary(0.2, '1') });
    // @ts-expect-error -- parameters belong to a method
    defineExperiment({ ...given, mixMode: { alpha: 1 } });
    // @ts-expect-error -- a name is not a method
    defineExperiment({ ...given, mixMode: 'cutmix' });
  });

  it('refuses mixtures of what is no method, or without probabilities', () => {
    // @ts-expect-error -- text for a probability
    mix.oneOf([[mix.mixup(), '0.5']]);
    // @ts-expect-error -- no probability
    mix.oneOf([[mix.mixup()]]);
    // @ts-expect-error -- a name
    mix.oneOf([['mixup', 0.5]]);
    // @ts-expect-error -- a mixture in a mixture
    mix.oneOf([[mix.oneOf([[mix.mixup(), 1]]), 1]]);
  });
});

describe('when', () => {
  it('takes the axes, one value or several', () => {
    experiment
      .when(
        { backbone: 'resnet18', maxEpochs: [100, 300], mixMode: ['mixup', 'cutmix'] },
        { mixMode: { alpha: 0.2 } },
      )
      .when({ 'mixMode.alpha': 0.2 }, { batchSize: 128, 'optimizer.lr': 0.05, optimizer: { momentum: 0.8 } })
      .when({ mixMode: 'vanilla' }, { mixMode: mix.cutmix({ alpha: 2 }), report: medianOfLast(1) })
      .when({ mixMode: 'mixup' }, { mixMode: mix.puzzlemix({ blockCounts: [2, 4] }) })
      .when({ mixMode: 'cutmix' }, { mixMode: mix.oneOf([[mix.mixup({ alpha: 1 }), 1]]) })
      .when({ mixMode: ['mixup', 'cutmix'] }, {});
  });

  it('refuses conditions on what is no axis, or no value of it', () => {
    // @ts-expect-error -- does not vary
    experiment.when({ batchSize: 256 }, {});
    // @ts-expect-error -- a typo
    experiment.when({ maxEpoch: 100 }, {});
    // @ts-expect-error -- not a value
    experiment.when({ maxEpochs: 200 }, {});
    // @ts-expect-error -- not a value among others
    experiment.when({ backbone: ['resnet18', 'resnet34'] }, {});
    // @ts-expect-error -- not a method of this experiment
    experiment.when({ mixMode: 'rsb' }, {});
    // @ts-expect-error -- a typo among others
    experiment.when({ mixMode: ['mixup', 'cutmx'] }, {});
  });

  it('refuses overrides that no run has, or that vary', () => {
    // @ts-expect-error -- a typo
    experiment.when({ maxEpochs: 300 }, { 'optimizer.lrr': 0.1 });
    // @ts-expect-error -- text for a number
    experiment.when({ maxEpochs: 300 }, { 'optimizer.lr': '0.1' });
    // @ts-expect-error -- an axis of its own
    experiment.when({ maxEpochs: 300 }, { 'optimizer.lr': vary(0.1, 0.2) });
    // @ts-expect-error -- trials are the same for all
    experiment.when({ maxEpochs: 300 }, { trials: 3 });
    // @ts-expect-error -- the name is the same for all
    experiment.when({ maxEpochs: 300 }, { name: 'other' });
    // @ts-expect-error -- launch options are the same for all
    experiment.when({ maxEpochs: 300 }, { launch: { gpusPerRun: 1 } });
  });

  it('refuses parameters that not every matched method has', () => {
    // @ts-expect-error -- vanilla is among them
    experiment.when({ maxEpochs: 300 }, { mixMode: { alpha: 0.2 } });
    // @ts-expect-error -- a parameter of another method
    experiment.when({ mixMode: ['mixup', 'cutmix'] }, { mixMode: { lamMargin: 0.1 } });
    // @ts-expect-error -- a typo beside a good one
    experiment.when({ mixMode: 'cutmix' }, { mixMode: { alpha: 0.2, persample: true } });
    // @ts-expect-error -- vanilla has none
    experiment.when({ mixMode: 'vanilla' }, { mixMode: { alpha: 0.2 } });
    // @ts-expect-error -- a typo
    experiment.when({ mixMode: 'mixup' }, { mixMode: { alhpa: 0.2 } });
  });
});

describe('exclude', () => {
  it('takes the axes', () => {
    experiment.exclude({ backbone: 'resnet50', maxEpochs: 300 }).exclude({ mixMode: ['vanilla', 'mixup'] });
  });

  it('refuses conditions on what is no axis, or no value of it', () => {
    // @ts-expect-error -- a typo
    experiment.exclude({ backbon: 'resnet18' });
    // @ts-expect-error -- not a value
    experiment.exclude({ backbone: 'resnet34' });
    // @ts-expect-error -- not a method
    experiment.exclude({ mixMode: 'cutmx' });
  });
});

describe('sample', () => {
  it('makes axes of its fields', () => {
    const searched = defineExperiment({
      ...given,
      ...sample(8, { 'optimizer.lr': logUniform(1e-4, 1e-1), precision: choice('fp32', 'bf16') }),
      mixMode: mix.mixup({ alpha: sample(4, uniform(0.1, 2)) }),
    });
    searched.when({ precision: 'bf16' }, { batchSize: 128 }).exclude({ 'optimizer.lr': 0.1 });
    // @ts-expect-error -- not a value
    searched.when({ precision: 'fp16' }, {});
    // @ts-expect-error -- does not vary
    searched.when({ backbone: 'resnet18' }, {});
  });

  it('refuses unknown fields, and values that a field does not take', () => {
    // @ts-expect-error -- a typo
    sample(8, { 'optimizer.lrr': logUniform(1e-4, 1e-1) });
    // @ts-expect-error -- a typo beside a good one
    sample(8, { 'optimizer.lr': logUniform(1e-4, 1e-1), maxEpoch: integer(1, 2) });
    // @ts-expect-error -- numbers for a name
    sample(8, { precision: uniform(0, 1) });
    // @ts-expect-error -- not one of the choices
    sample(8, { precision: choice('fp32', 'fp8') });
    // @ts-expect-error -- a value, not what to draw it from
    sample(8, { 'optimizer.lr': 0.1 });
    // @ts-expect-error -- names for a number
    mix.mixup({ alpha: sample(2, choice('a', 'b')) });
  });
});

describe('together', () => {
  it('makes axes of its fields', () => {
    const coupled = defineExperiment({
      ...given,
      ...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 }),
    });
    coupled.when({ maxEpochs: 300, 'optimizer.lr': 0.05 }, { batchSize: 128 });
    // @ts-expect-error -- not a value
    coupled.when({ maxEpochs: 200 }, {});
  });

  it('may hold the recipe', () => {
    const coupled = defineExperiment({
      name: 'example',
      ...together(
        { recipe: recipes.pytorch, backbone: 'resnet18' },
        { recipe: recipes.swin, backbone: 'swin_tiny_patch4_window7_224' },
      ),
    });
    coupled.when({ recipe: 'swin', backbone: 'swin_tiny_patch4_window7_224' }, { batchSize: 128 });
    // @ts-expect-error -- not a recipe
    together({ recipe: 'swin', backbone: 'resnet18' }, { recipe: recipes.swin, backbone: 'resnet34' });
  });

  it('refuses alternatives with other fields, and unknown ones', () => {
    // @ts-expect-error -- one is missing
    together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300 });
    // @ts-expect-error -- one is too many
    together({ maxEpochs: 100 }, { maxEpochs: 300, batchSize: 128 });
    // @ts-expect-error -- a typo
    together({ maxEpoch: 100 }, { maxEpoch: 300 });
    // @ts-expect-error -- text for a number
    together({ maxEpochs: 100 }, { maxEpochs: '300' });
    // @ts-expect-error -- nothing to vary over
    together();
  });
});

it('spells out the report and launch options of a plan', () => {
  expectTypeOf<Report<string>>().toEqualTypeOf<Readonly<PlanReport>>();
  expectTypeOf<Fields<Launch>>().toEqualTypeOf<Fields<PlanLaunch>>();
});

type Fields<T> = T extends object ? { readonly [K in keyof T]-?: Fields<Exclude<T[K], undefined>> } : T;
