import {
  datasets,
  defineExperiment,
  imageFolder,
  last,
  medianOfLast,
  mix,
  recipes,
  together,
  vary,
} from '@mixlab/dsl';
import { describe, expect, it } from 'vitest';
import { planOf, shortNames } from './plan-of.ts';

const small = { name: 'example', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 100 } as const;

describe('the grid', () => {
  it('expands the example of the documentation', () => {
    const plan = planOf(
      defineExperiment({
        name: 'imagenet/pytorch-style',
        recipe: recipes.pytorch,
        backbone: vary('resnet18', 'resnet50', 'resnet101', 'resnext101_32x4d'),
        maxEpochs: vary(100, 300),
        mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 1 })),
        trials: 1,
        report: medianOfLast(5),
        launch: { gpusPerRun: 4 },
      })
        .when({ maxEpochs: 300 }, { report: medianOfLast(10) })
        .when({ backbone: 'resnet18', mixMode: ['cutmix', 'mixup'] }, { mixMode: { alpha: 0.2 } })
        .when({ backbone: 'resnet101' }, { 'optimizer.lr': 0.05 })
        .exclude({ backbone: 'resnext101_32x4d', maxEpochs: 300 }),
    );
    const runs = [...plan.runs()].map(({ name, config, report }) => {
      return `${name} lr=${config.optimizer.lr} ${report.reducer}(${'epochs' in report ? report.epochs : ''})`;
    });
    expect(runs.join('\n')).toMatchInlineSnapshot(`
      "resnet18-vanilla-ep100-25277ee0 lr=0.1 medianOfLast(5)
      resnet18-mixup-ep100-a0.2-3fa92ef4 lr=0.1 medianOfLast(5)
      resnet18-cutmix-ep100-a0.2-48aa912c lr=0.1 medianOfLast(5)
      resnet18-vanilla-ep300-921259cb lr=0.1 medianOfLast(10)
      resnet18-mixup-ep300-a0.2-4fcdf95b lr=0.1 medianOfLast(10)
      resnet18-cutmix-ep300-a0.2-3dfc6bbb lr=0.1 medianOfLast(10)
      resnet50-vanilla-ep100-f8e17610 lr=0.1 medianOfLast(5)
      resnet50-mixup-ep100-a0.2-ea18fce6 lr=0.1 medianOfLast(5)
      resnet50-cutmix-ep100-a1-85203969 lr=0.1 medianOfLast(5)
      resnet50-vanilla-ep300-b1cdd813 lr=0.1 medianOfLast(10)
      resnet50-mixup-ep300-a0.2-da1a5312 lr=0.1 medianOfLast(10)
      resnet50-cutmix-ep300-a1-5bcbc4e4 lr=0.1 medianOfLast(10)
      resnet101-vanilla-ep100-2bf671b1 lr=0.05 medianOfLast(5)
      resnet101-mixup-ep100-a0.2-22aba19a lr=0.05 medianOfLast(5)
      resnet101-cutmix-ep100-a1-7257c7f7 lr=0.05 medianOfLast(5)
      resnet101-vanilla-ep300-2f3162be lr=0.05 medianOfLast(10)
      resnet101-mixup-ep300-a0.2-f6c7d5f7 lr=0.05 medianOfLast(10)
      resnet101-cutmix-ep300-a1-369050a7 lr=0.05 medianOfLast(10)
      resnext101_32x4d-vanilla-ep100-cf43e77d lr=0.1 medianOfLast(5)
      resnext101_32x4d-mixup-ep100-a0.2-d6223df1 lr=0.1 medianOfLast(5)
      resnext101_32x4d-cutmix-ep100-a1-fd216200 lr=0.1 medianOfLast(5)"
    `);
    expect(plan.launch).toEqual({ gpusPerRun: 4 });
  });

  it('changes what is written last fastest', () => {
    const experiment = defineExperiment({
      ...small,
      backbone: vary('resnet18', 'resnet50'),
      maxEpochs: vary(1, 2),
    });
    expect(shortNames(planOf(experiment))).toEqual([
      'resnet18-vanilla-ep1',
      'resnet18-vanilla-ep2',
      'resnet50-vanilla-ep1',
      'resnet50-vanilla-ep2',
    ]);
  });

  it('varies inside one method alone', () => {
    const methods = vary(mix.vanilla(), mix.mixup({ alpha: vary(0.2, 1) }), mix.cutmix());
    const plan = planOf(defineExperiment({ ...small, mixMode: methods }));
    expect([...plan.runs()].map((run) => run.axes)).toEqual([
      { backbone: 'resnet18', mixMode: 'vanilla', maxEpochs: 100 },
      { backbone: 'resnet18', mixMode: 'mixup', maxEpochs: 100, 'mixMode.alpha': 0.2 },
      { backbone: 'resnet18', mixMode: 'mixup', maxEpochs: 100, 'mixMode.alpha': 1 },
      { backbone: 'resnet18', mixMode: 'cutmix', maxEpochs: 100 },
    ]);
  });

  it('shows what tells apart two choices of one name', () => {
    const methods = vary(mix.mixup({ alpha: 0.2 }), mix.mixup({ alpha: 1 }), mix.cutmix({ alpha: 3 }));
    const plan = planOf(defineExperiment({ ...small, mixMode: methods }));
    expect([...plan.runs()].map((run) => run.axes['mixMode.alpha'])).toEqual([0.2, 1, 3]);
  });

  it('varies inside mixtures and lists', () => {
    const plan = planOf(
      defineExperiment({
        ...small,
        mixMode: mix.oneOf([
          [mix.mixup({ alpha: vary(0.1, 0.8) }), 0.5],
          [mix.cutmix(), 0.5],
        ]),
        'inputs.cropArea': [vary(0.08, 0.25), 1],
      }),
    );
    expect(shortNames(plan)).toEqual([
      'resnet18-oneof-mixup-cutmix-ep100-alpha0.1-croparea0-0.08',
      'resnet18-oneof-mixup-cutmix-ep100-alpha0.1-croparea0-0.25',
      'resnet18-oneof-mixup-cutmix-ep100-alpha0.8-croparea0-0.08',
      'resnet18-oneof-mixup-cutmix-ep100-alpha0.8-croparea0-0.25',
    ]);
    expect(plan.run(3).config.inputs.cropArea).toEqual([0.25, 1]);
  });

  it('varies the recipe in step with fields, under what the experiment sets itself', () => {
    const plan = planOf(
      defineExperiment({
        name: 'example',
        mixMode: vary(mix.vanilla(), mix.mixup()),
        'optimizer.weightDecay': 0.5,
        ...together(
          { recipe: recipes.deitSmall, backbone: 'deit_small_patch16_224', maxEpochs: 100 },
          { recipe: recipes.convnext, backbone: 'convnext_tiny', maxEpochs: 300 },
        ),
      })
        .when({ recipe: 'convnext', mixMode: 'mixup' }, { 'ema.decay': 0 })
        .exclude({ backbone: 'deit_small_patch16_224', mixMode: 'vanilla' }),
    );
    const runs = [...plan.runs()].map(({ name, config, axes }) => {
      const { batchSize, optimizer, ema, model } = config;
      return [
        name.replace(/-[0-9a-f]{8}$/, ''),
        axes['recipe'],
        batchSize,
        optimizer,
        ema.decay,
        model.dropPath,
      ];
    });
    const adamw = { betas: [0.9, 0.999], eps: 1e-8, weightDecay: 0.5, decayNormAndBias: false };
    const deit = expect.objectContaining({ ...adamw, lr: 1e-3, clipNorm: 5 });
    const convnext = expect.objectContaining({ ...adamw, lr: 4e-3, clipNorm: null });
    expect(runs).toEqual([
      ['convnext_tiny-vanilla-ep300-convnext', 'convnext', 4096, convnext, 0.9999, 0.1],
      ['deit_small_patch16_224-mixup-ep100-a1-deit-small', 'deit-small', 1024, deit, 0, 0],
      ['convnext_tiny-mixup-ep300-a1-convnext', 'convnext', 4096, convnext, 0, 0.1],
    ]);
    expect(plan.runs().next().value?.originOf('optimizer.lr')).toMatchObject({
      kind: 'recipe',
      recipe: 'convnext',
    });
  });

  it('varies the fields of `together` in step, several groups independently', () => {
    const plan = planOf(
      defineExperiment({
        ...small,
        ...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 }),
        ...together(
          { mixMode: mix.mixup({ alpha: 0.2 }), batchSize: 100 },
          { mixMode: mix.cutmix({ alpha: 1 }), batchSize: 200 },
        ),
      }),
    );
    const values = [...plan.runs()].map(({ config }) => [
      config.maxEpochs,
      config.optimizer.lr,
      config.mixMode.name,
      config.batchSize,
    ]);
    expect(values).toEqual([
      [100, 0.1, 'mixup', 100],
      [100, 0.1, 'cutmix', 200],
      [300, 0.05, 'mixup', 100],
      [300, 0.05, 'cutmix', 200],
    ]);
  });

  it('takes an axis of one value, and none at all', () => {
    expect(shortNames(planOf(defineExperiment({ ...small, maxEpochs: vary(7) })))).toEqual([
      'resnet18-vanilla-ep7',
    ]);
    expect(planOf(defineExperiment(small)).size).toBe(1);
  });

  it('varies the recipe under everything else', () => {
    const plan = planOf(
      defineExperiment({
        ...small,
        recipe: vary(recipes.cifar, recipes.tinyImagenet),
        'optimizer.momentum': 0.8,
      }).when({ recipe: 'tiny-imagenet' }, { maxEpochs: 400 }),
    );
    const values = [...plan.runs()].map(({ axes, config: { dataset, optimizer, maxEpochs } }) => {
      return [axes['recipe'], dataset.name, optimizer.lr, optimizer.momentum, maxEpochs];
    });
    expect(values).toEqual([
      ['cifar', 'cifar10', 0.1, 0.8, 100],
      ['tiny-imagenet', 'tiny-imagenet', 0.2, 0.8, 400],
    ]);
  });
});

describe('laying over', () => {
  it('merges objects key by key, and replaces what stands by itself', () => {
    const [run] = planOf(
      defineExperiment({
        ...small,
        optimizer: { lr: 0.3 },
        dataset: imageFolder({ name: 'birds', classes: 9, size: 64 }),
      }),
    ).runs();
    expect(run?.config.optimizer).toMatchObject({
      lr: 0.3,
      weightDecay: recipes.cifar.values.optimizer?.weightDecay,
    });
    // The channel statistics of CIFAR do not stay behind.
    expect(run?.config.dataset).toMatchObject({ name: 'birds', mean: [0.485, 0.456, 0.406] });
  });

  it('merges a method’s parameters in `when`, and replaces the method where one is given', () => {
    const plan = planOf(
      defineExperiment({
        ...small,
        backbone: vary('resnet18', 'resnet34', 'resnet50'),
        mixMode: mix.cutmix({ alpha: 1, perSample: true }),
      })
        .when({ backbone: 'resnet34' }, { mixMode: { alpha: 0.2 } })
        .when({ backbone: 'resnet50' }, { mixMode: mix.cutmix({ alpha: 2 }) }),
    );
    expect([...plan.runs()].map((run) => run.method)).toEqual([
      { alpha: 1, perSample: true },
      { alpha: 0.2, perSample: true },
      { alpha: 2, perSample: false },
    ]);
  });

  it('lets the later `when` win, and lets none see what another did', () => {
    const plan = planOf(
      defineExperiment({ ...small, maxEpochs: vary(100, 300) })
        .when({ maxEpochs: 100 }, { maxEpochs: 300, 'optimizer.lr': 1 })
        .when({ maxEpochs: 300 }, { 'optimizer.lr': 2 })
        .when({ maxEpochs: 100 }, { 'optimizer.lr': 3, report: last() }),
    );
    const values = [...plan.runs()].map(({ config, report }) => [
      config.maxEpochs,
      config.optimizer.lr,
      report.reducer,
    ]);
    expect(values).toEqual([
      [300, 3, 'last'],
      [300, 2, 'medianOfLast'],
    ]);
  });

  it('lets `exclude` see the authored values', () => {
    const plan = planOf(
      defineExperiment({ ...small, maxEpochs: vary(100, 300), mixMode: vary(mix.mixup(), mix.cutmix()) })
        .when({ maxEpochs: 100 }, { maxEpochs: 300, batchSize: 50 })
        .exclude({ maxEpochs: 300, mixMode: 'cutmix' }),
    );
    expect(plan.size).toBe(3);
  });

  it('takes two points with one hash for one run', () => {
    const plan = planOf(defineExperiment({ ...small, mixMode: vary(mix.mixup(), mix.mixup({ alpha: 1 })) }));
    expect([plan.size, plan.merged]).toEqual([1, 1]);
  });

  it('gives an array whole', () => {
    const [run] = planOf(defineExperiment({ ...small, 'dataset.mean': [0, 0, 0] })).runs();
    expect(run?.config.dataset).toMatchObject({ name: 'cifar10', mean: [0, 0, 0] });
  });

  it('shares what runs have in common, frozen', () => {
    const [one, other] = planOf(defineExperiment({ ...small, maxEpochs: vary(1, 2) })).runs();
    expect(one?.config.inputs).toBe(other?.config.inputs);
    expect(Object.isFrozen(one?.config.inputs.cropArea)).toBe(true);
  });

  it('tells apart more combinations of `when`s over one field than numbers count exactly', () => {
    const epochs = Array.from({ length: 60 }, (_, index) => index + 1);
    const base = defineExperiment({ ...small, maxEpochs: vary(...epochs) }).when(
      { maxEpochs: epochs },
      { 'optimizer.momentum': 0.8 },
    );
    const experiment = epochs.reduce(
      (sofar, maxEpochs) => sofar.when({ maxEpochs }, { 'optimizer.lr': maxEpochs / 100 }),
      base,
    );
    const rates = [...planOf(experiment).runs()].map((run) => run.config.optimizer.lr);
    expect(rates).toEqual(epochs.map((maxEpochs) => maxEpochs / 100));
  });

  it('varies datasets by name', () => {
    const plan = planOf(
      defineExperiment({ ...small, dataset: vary(datasets.cifar10, datasets.cifar100) }).when(
        { dataset: 'cifar100' },
        { maxEpochs: 200 },
      ),
    );
    expect(shortNames(plan)).toEqual(['resnet18-vanilla-ep100-cifar10', 'resnet18-vanilla-ep200-cifar100']);
  });
});
