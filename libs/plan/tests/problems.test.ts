import {
  choice,
  defineEngine,
  defineExperiment,
  halving,
  integer,
  logUniform,
  mix,
  recipes,
  sample,
  together,
  uniform,
  vary,
} from '@mixlab/dsl';
import type { ExperimentData } from '@mixlab/dsl';
import { at } from '@mixlab/dsl/origin';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf } from './plan-of.ts';

const given = { name: 'example', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 100 } as const;
const file = 'configs/example.config.ts';

/** What an author wrote although the editor marked it, or in a language without types. */
const untyped = defineExperiment as unknown as (authored: object) => Untyped;
interface Untyped extends ExperimentData {
  when(condition: unknown, overrides: unknown): Untyped;
  exclude(condition: unknown): Untyped;
}

const axes = { ...given, backbone: vary('resnet18', 'resnet50'), maxEpochs: vary(100, 300) };

const mistakes: Readonly<Record<string, ExperimentData>> = {
  'a typo in a field': untyped({ ...given, batchsize: 100 }),
  'a typo in a required field': untyped({
    name: 'example',
    recipe: recipes.cifar,
    backbone: 'resnet18',
    maxEpoch: 100,
  }),
  'a typo in a path': untyped({ ...given, 'optimizer.lrr': 0.1 }),
  'a path without its object': untyped({ ...given, lr: 0.1 }),
  'a typo in an object': untyped({ ...given, optimizer: { lrr: 0.1 } }),
  'a typo in a parameter': untyped({ ...given, mixMode: { name: 'mixup', alhpa: 1 } }),
  'a typo in a method': untyped({ ...given, mixMode: { name: 'cutmxi' } }),
  'alpha of nothing': defineExperiment({ ...given, mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0 })) }),
  'alpha below nothing': defineExperiment({ ...given, mixMode: mix.cutmix({ alpha: vary(-1, 1) }) }),
  'probabilities that do not add up': defineExperiment({
    ...given,
    mixMode: mix.oneOf([[mix.mixup(), 0.5]]),
  }),
  'text for a number': untyped({ ...given, maxEpochs: '100' }),
  'half an epoch': defineExperiment({ ...given, maxEpochs: vary(1.5, 2) }),
  'no number': defineExperiment({ ...given, 'optimizer.lr': Number.NaN }),
  'an endless number': defineExperiment({ ...given, 'optimizer.lr': vary(0.1, Infinity) }),
  'a function': untyped({ ...given, batchSize: () => 100 }),
  undefined: untyped({ ...given, batchSize: undefined }),
  'a missing field': defineExperiment({ name: 'example', recipe: recipes.cifar, backbone: 'resnet18' }),
  'nothing to vary over': untyped({ ...given, maxEpochs: vary() }),
  'a value twice': defineExperiment({ ...given, maxEpochs: vary(100, 300, 100) }),
  'a method twice': defineExperiment({ ...given, mixMode: vary(mix.mixup(), mix.cutmix(), mix.mixup()) }),
  'a varied name': untyped({ ...given, name: vary('a', 'b') }),
  'varied trials': untyped({ ...given, trials: vary(1, 2) }),
  'a varied launch': untyped({ ...given, launch: { gpusPerRun: vary(1, 2) } }),
  'a varied report': untyped({ ...given, report: vary({ reducer: 'last', metric: 'top1' }) }),
  'varied seeds': untyped({ ...given, seed: vary(1, 2) }),
  'varied workers': untyped({ ...given, 'runtime.workers': vary(1, 2) }),
  'no trials': defineExperiment({ ...given, trials: 0 }),
  'half a GPU': defineExperiment({ ...given, launch: { gpusPerRun: 0.5 } }),
  'an unknown reducer': untyped({ ...given, report: { reducer: 'worst', metric: 'top1' } }),
  'a name that is no path': defineExperiment({ ...given, name: '../Other' }),
  'a name that is too long': defineExperiment({ ...given, name: 'a'.repeat(101) }),
  'an unknown field of launch': untyped({ ...given, launch: { gpus: 2 } }),
  'a launch block with typos': untyped({
    ...given,
    launch: {
      gpusPerRun: 6,
      gpusPerNode: 4,
      slurm: {
        partion: 'gpu',
        time: '2 days',
        mem: '64 GB',
        throttle: 0,
        sbatch: ['--array=1-9', 'mem=1'],
        setup: ['module load cuda\n'],
      },
    },
  }),
  'GPUs that nodes cannot share': defineExperiment({ ...given, launch: { gpusPerRun: 7, gpusPerNode: 4 } }),
  'a GPU less than none': defineExperiment({ ...given, launch: { gpusPerRun: -1 } }),
  'endless trials': defineExperiment({ ...given, trials: 1e9 }),
  'no name': untyped({ recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 100 }),
  'a recipe that is none': untyped({ ...given, recipe: 'cifar' }),
  'two sources of one path': defineExperiment({
    ...given,
    optimizer: { lr: 0.1 },
    'optimizer.lr': vary(0.1, 0.2),
  }),
  'a value beside its `together`': untyped({
    ...given,
    ...together({ maxEpochs: 1, batchSize: 2 }, { maxEpochs: 2, batchSize: 4 }),
    batchSize: 3,
  }),
  'samples of nothing': untyped({
    ...given,
    ...sample(0.5, { 'optimizer.lr': logUniform(0, 1), maxEpochs: integer(1, 2.5) }, { seed: 0.1 }),
    mixMode: mix.mixup({ alpha: sample(3, uniform(2, 1)) }),
  }),
  'samples of fewer values than points': untyped({ ...given, maxEpochs: sample(3, choice(100, 300)) }),
  'samples of what is no distribution': untyped({
    ...given,
    ...(sample as (points: number, fields: object) => object)(2, { maxEpochs: 100 }),
  }),
  'a sample that no config takes': defineExperiment({ ...given, 'optimizer.lr': sample(2, uniform(-2, -1)) }),
  'a `together` of unequal alternatives': untyped({
    ...given,
    ...(together as (...a: object[]) => object)({ maxEpochs: 1, batchSize: 2 }, { maxEpochs: 2 }),
  }),
  'an alternative twice': defineExperiment({
    ...given,
    ...together({ batchSize: 1, 'optimizer.lr': 1 }, { batchSize: 1, 'optimizer.lr': 1 }),
  }),
  'a `when` on a field that does not vary': untyped(axes).when({ batchSize: 100 }, { maxEpochs: 1 }),
  'a `when` on a typo': untyped(axes).when({ maxEpoch: 100 }, { maxEpochs: 1 }),
  'a `when` for another value': untyped(axes).when({ backbone: ['resnet50', 'resnet81'] }, { maxEpochs: 1 }),
  'a `when` where nothing varies': untyped(given).when({ backbone: 'resnet18' }, { maxEpochs: 1 }),
  'a `when` that matches nothing': defineExperiment({
    ...axes,
    mixMode: vary(mix.vanilla(), mix.mixup({ alpha: vary(0.2, 1) })),
  }).when({ mixMode: 'vanilla', 'mixMode.alpha': 0.2 }, { batchSize: 1 }),
  'a `when` for what is excluded': defineExperiment(axes)
    .exclude({ maxEpochs: 300 })
    .when({ maxEpochs: 300 }, { batchSize: 1 }),
  'a `when` that varies': untyped(axes).when({ maxEpochs: 300 }, { batchSize: vary(1, 2) }),
  'a `when` with a typo': untyped(axes).when({ maxEpochs: 300 }, { batchsize: 1 }),
  'a `when` that sets trials': untyped(axes).when({ maxEpochs: 300 }, { trials: 2 }),
  'a `when` that sets a value twice': untyped(axes).when(
    { maxEpochs: 300 },
    { optimizer: { lr: 1 }, 'optimizer.lr': 2 },
  ),
  'a `when` with a bad report': untyped(axes).when(
    { maxEpochs: 300 },
    { report: { reducer: 'medianOfLast', epochs: 0, metric: 'top1' } },
  ),
  'a `when` without a condition': untyped(axes).when(undefined, { maxEpochs: 1 }),
  'a `when` that gives vanilla an alpha': untyped({
    ...given,
    mixMode: vary(mix.vanilla(), mix.mixup()),
  }).when({}, { mixMode: { alpha: 1 } }),
  'a `when` that gives a bad value': defineExperiment(axes).when({ maxEpochs: 300 }, { 'optimizer.lr': -1 }),
  'an `exclude` that matches nothing': untyped(axes).exclude({ backbone: 'resnet18', maxEpochs: 200 }),
  'an `exclude` of everything': defineExperiment(axes).exclude({ maxEpochs: [100, 300] }),
  'a halving of nothing': untyped({ ...given, halving: { metric: 'top-1', eta: 1, mim: 5 } }),
  'a halving that varies': untyped({ ...given, halving: { metric: vary('top1', 'loss'), eta: 2 } }),
  'a halving of trainings that cannot be paused': defineEngine({
    name: 'theirs',
    schema: { epochs: 100, lr: 0.1 },
    command: ({ config }) => ['train', config.epochs, config.lr],
  }).define({ name: 'example', lr: vary(0.1, 0.2), halving: halving({ metric: 'top1', eta: 2 }) }),
  'a halving without a rung': defineExperiment({
    ...given,
    halving: halving({ metric: 'top1', eta: 3, min: 100 }),
  }),
  'a halving of unequal epochs': defineExperiment({
    ...axes,
    halving: halving({ metric: 'top1', eta: 3 }),
  }),
  'a halving where nothing is evaluated': defineExperiment({
    ...given,
    'runtime.evaluateEvery': 10,
    halving: halving({ metric: 'top1_ema', eta: 3, min: 10 }),
  }).when({}, { 'runtime.evaluateEvery': 4 }),
  'a rule between fields': defineExperiment({ ...given, maxEpochs: vary(3, 10), 'schedule.warmupEpochs': 5 }),
  'a bad value of a recipe': untyped({
    ...given,
    recipe: { name: 'mine', values: { ...recipes.cifar.values, batchSize: 0 } },
  }),
  'an experiment that is none': untyped('example' as never),
  'far too many points': defineExperiment({
    ...given,
    'optimizer.lr': vary(...range(2000)),
    batchSize: vary(...range(2000)),
  }),
};

describe('problems of an experiment', () => {
  it('are all said in words', () => {
    const said = Object.entries(mistakes).map(([what, experiment]) => {
      const problems = problemsOf(() => planOf(experiment));
      return `${what}\n${problems.map((problem) => `    ${problem}`).join('\n')}`;
    });
    expect(said.join('\n')).toMatchInlineSnapshot(`
      "a typo in a field
          batchsize: unknown field "batchsize" (did you mean batchSize?)
      a typo in a required field
          maxEpoch: unknown field "maxEpoch" (did you mean maxEpochs?)
      a typo in a path
          optimizer.lrr: unknown field "lrr" (did you mean optimizer.lr?)
      a path without its object
          lr: unknown field "lr" (did you mean optimizer.lr?)
      a typo in an object
          optimizer.lrr: unknown field "lrr" (expected one of name, lr, momentum, nesterov, betas, eps, weightDecay, decayNormAndBias, clipNorm; did you mean lr?)
      a typo in a parameter
          mixMode.alhpa: unknown field "alhpa" (expected one of name, alpha, perSample; did you mean alpha?)
      a typo in a method
          mixMode.name: the value is not allowed here (expected <many>, got "cutmxi"; did you mean cutmix?)
      alpha of nothing
          mixMode.alpha: the value is not allowed here, in the run with mixMode=mixup (expected more than 0, got 0)
      alpha below nothing
          mixMode.alpha: the value is not allowed here, in the run with mixMode.alpha=-1 (expected more than 0, got -1)
      probabilities that do not add up
          mixMode.choices: the probabilities do not sum to 1 (expected 1, got 0.5)
      text for a number
          maxEpochs: the value is not allowed here (expected number, got "100")
      half an epoch
          maxEpochs: the value is not allowed here, in the run with maxEpochs=1.5 (expected a whole number, got 1.5)
      no number
          optimizer.lr: this is no value of a config (got NaN)
      an endless number
          optimizer.lr: this is no value of a config (got Infinity)
      a function
          batchSize: this is no value of a config (got a function)
      undefined
          batchSize: this is no value of a config (got undefined)
      a missing field
          maxEpochs: a value is missing (expected number, got nothing)
      nothing to vary over
          maxEpochs: something that varies needs at least one value
      a value twice
          maxEpochs: this value is among those that vary already (got 100)
      a method twice
          mixMode: this value is among those that vary already (got {"name":"mixup"})
      a varied name
          name: \`name\` does not vary: write one value
      varied trials
          trials: \`trials\` does not vary: write one value
      a varied launch
          launch: \`launch\` does not vary: write one value
      a varied report
          report: \`report\` does not vary: give some runs another one by .when(…, { report })
      varied seeds
          seed: \`seed\` does not change what is trained, so all of its values would be one run; to repeat runs with other seeds, use \`trials\`
      varied workers
          runtime.workers: \`runtime.workers\` does not change what is trained, so all of its values would be one run; to repeat runs with other seeds, use \`trials\`
      no trials
          trials: a run is repeated a whole number of times (expected a whole number, at least 1 and at most 10000, got 0)
      half a GPU
          launch.gpusPerRun: the value is not allowed here (expected a whole number, got 0.5)
      an unknown reducer
          report.reducer: the value is not allowed here (expected 'medianOfLast' | 'best' | 'last' | 'ema', got "worst")
      a name that is no path
          name: an experiment needs a name that can be a folder (expected words of a-z, 0-9, ".", "_" and "-", none of which starts with "." or "-", joined by "/", got "../Other")
      a name that is too long
          name: an experiment needs a name that can be a folder (expected at most 100 characters between two "/", 200 in all, got "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...)
      an unknown field of launch
          launch.gpusPerRun: a value is missing (expected number)
          launch.gpus: unknown field "gpus"
      a launch block with typos
          launch.slurm.time: the value is not allowed here (expected a time limit such as 90, 12:00:00 or 2-12:00:00, got "2 days")
          launch.slurm.mem: the value is not allowed here (expected an amount of memory such as 64G, got "64 GB")
          launch.slurm.throttle: the value is not allowed here (expected more than 0, got 0)
          launch.slurm.sbatch.0: the value is not allowed here (expected another option: slurm.sh gives --array itself, got "--array=1-9")
          launch.slurm.sbatch.1: the value is not allowed here (expected an option of sbatch such as --exclude=node7, got "mem=1")
          launch.slurm.setup.0: the value is not allowed here (expected a line of shell, got "module load cuda\\n")
          launch.slurm.partion: unknown field "partion" (did you mean partition?)
      GPUs that nodes cannot share
          launch.gpusPerNode: the value is not allowed here (expected 7 GPUs of a run to be shared evenly by 2 nodes, got 4)
      a GPU less than none
          launch.gpusPerRun: the value is not allowed here (expected at least 0, got -1)
      endless trials
          trials: a run is repeated a whole number of times (expected a whole number, at least 1 and at most 10000, got 1000000000)
      no name
          name: an experiment needs a name that can be a folder (expected words of a-z, 0-9, ".", "_" and "-", none of which starts with "." or "-", joined by "/", got nothing)
      a recipe that is none
          recipe: this is no recipe (expected a recipe, which has a name and values that do not vary: recipes.pytorch)
      two sources of one path
          optimizer.lr: \`optimizer.lr\` and \`optimizer\` set the same value: write it in one place
      a value beside its \`together\`
          batchSize: \`batchSize\` is set here and by a \`together\`: write it in one place
      samples of nothing
          maxEpochs: nothing can be made of this (expected integer(low, high) of whole numbers with low < high, got integer(1, 2.5))
          optimizer.lr: nothing can be made of this (expected a number of points, from 1 to 10000, got sample(0.5, …))
          optimizer.lr: nothing can be made of this (expected a whole number as seed, got { seed: 0.1 })
          optimizer.lr: nothing can be made of this (expected logUniform(low, high) with 0 < low < high, got logUniform(0, 1))
          mixMode.alpha: nothing can be made of this (expected uniform(low, high) with low < high, got uniform(2, 1))
      samples of fewer values than points
          maxEpochs: nothing can be made of this (expected 3 different points, got only 2)
      samples of what is no distribution
          maxEpochs: nothing can be made of this (expected uniform, logUniform, integer or choice, got 100)
      a sample that no config takes
          optimizer.lr: the value is not allowed here, in the run with optimizer.lr=-1.469 (expected more than 0, got -1.469)
          optimizer.lr: the value is not allowed here, in the run with optimizer.lr=-1.761 (expected more than 0, got -1.761)
      a \`together\` of unequal alternatives
          batchSize: all alternatives of a \`together\` have the same fields: this one lacks \`batchSize\`
      an alternative twice
          batchSize, optimizer.lr: this alternative is among those of the \`together\` already
      a \`when\` on a field that does not vary
          batchSize: \`when\` asks for \`batchSize\`, which does not vary here (expected one of backbone, maxEpochs)
      a \`when\` on a typo
          maxEpoch: \`when\` asks for \`maxEpoch\`, which does not vary here (did you mean maxEpochs?)
      a \`when\` for another value
          backbone: \`when\` asks for a value that \`backbone\` does not take (expected one of "resnet18", "resnet50", got "resnet81"; did you mean resnet18?)
      a \`when\` where nothing varies
          backbone: \`when\` asks for \`backbone\`, which does not vary here (expected something that varies; nothing does)
      a \`when\` that matches nothing
          this \`when\` matches no run
      a \`when\` for what is excluded
          this \`when\` matches no run that is left
      a \`when\` that varies
          batchSize: nothing varies in a \`when\`: write one value, or let it vary in the experiment
      a \`when\` with a typo
          batchsize: unknown field "batchsize" (did you mean batchSize?)
      a \`when\` that sets trials
          trials: \`trials\` is the same for all runs of an experiment: \`when\` does not change it
      a \`when\` that sets a value twice
          optimizer.lr: \`optimizer.lr\` and \`optimizer\` set the same value: write it in one place
      a \`when\` with a bad report
          report.epochs: the value is not allowed here (expected more than 0, got 0)
      a \`when\` without a condition
          \`when\` needs the values that it matches (expected { axis: value })
      a \`when\` that gives vanilla an alpha
          mixMode.alpha: unknown field "alpha", in the run with mixMode=vanilla (expected one of name)
      a \`when\` that gives a bad value
          optimizer.lr: the value is not allowed here, in 2 of 4 runs, first backbone=resnet18 maxEpochs=300 (expected more than 0, got -1)
      an \`exclude\` that matches nothing
          maxEpochs: \`exclude\` asks for a value that \`maxEpochs\` does not take (expected one of 100, 300, got 200)
      an \`exclude\` of everything
          nothing is left of the experiment: everything is excluded
      a halving of nothing
          halving.metric: the value is not allowed here (expected top1, top5 or loss, or one of the moving average: top1_ema, top5_ema, loss_ema, got "top-1")
          halving.eta: the value is not allowed here (expected at least 2, got 1)
          halving.mim: unknown field "mim" (did you mean min?)
      a halving that varies
          halving: \`halving\` does not vary: write one value
      a halving of trainings that cannot be paused
          halving: a training of theirs cannot be paused after some epochs
      a halving without a rung
          halving.min: a training of 100 epochs has no room for a rung (expected fewer than 100, got 100)
      a halving of unequal epochs
          halving: halving compares runs of equally many epochs (expected one value of maxEpochs, or an experiment for each, got 100 and 300)
      a halving where nothing is evaluated
          runtime.evaluateEvery: nothing is evaluated after 10, 30, 90 epochs, where halving has rungs (expected a divisor of each, or another \`min\` of the halving, got 4)
          ema.decay: without a moving average no evaluation has top1_ema (expected more than 0, or a halving by another metric, got 0)
      a rule between fields
          schedule.warmupEpochs: the warm-up is longer than the training, in the run with maxEpochs=3 (expected at most 3, which is maxEpochs, got 5)
      a bad value of a recipe
          batchSize: the value is not allowed here, from the recipe mine (expected more than 0, got 0)
      an experiment that is none
          an experiment is an object
      far too many points
          this experiment is too large (expected at most 1000000 points, got 4000000)"
    `);
  });

  it('come all at once, in the order of the file', () => {
    const authored = at({ ...given, maxEpochs: vary(100, 0), batchSize: -1, 'optimizer.lrr': 1 }, file, {
      '': [1, 33],
      maxEpochs: [5, 3],
      batchSize: [6, 3],
      'optimizer.lrr': [7, 3],
    });
    const experiment = untyped(authored)
      .when(at({ backbone: 'resnet18' }, file, { '': [9, 9], backbone: [9, 11] }), { seed: 1 })
      .exclude(at({ maxEpochs: 100 }, file, { '': [10, 12], maxEpochs: [10, 14] }));
    expect(problemsOf(() => planOf(experiment)).join('\n')).toMatchInlineSnapshot(`
      "configs/example.config.ts:5:3: maxEpochs: the value is not allowed here (expected more than 0, got 0)
      configs/example.config.ts:6:3: batchSize: the value is not allowed here (expected more than 0, got -1)
      configs/example.config.ts:7:3: optimizer.lrr: unknown field "lrr" (did you mean optimizer.lr?)
      configs/example.config.ts:9:11: backbone: \`when\` asks for \`backbone\`, which does not vary here (expected one of maxEpochs)"
    `);
  });

  it('stand where the value was written, in a method, a list, `when` and `together`', () => {
    const method = mix.mixup(at({ alpha: 0 }, file, { '': [4, 20], alpha: [4, 22] }));
    const steps = together(
      at({ batchSize: 0 }, file, { '': [6, 15], batchSize: [6, 17] }),
      at({ batchSize: 8 }, file, { '': [6, 32], batchSize: [6, 34] }),
    );
    const experiment = defineExperiment({
      ...given,
      mixMode: at(vary(mix.vanilla(), method), file, { '': [4, 3], '0': [4, 5], '1': [4, 11] }),
      'dataset.std': at([0.2, 0, 0.2] as const, file, {
        '': [5, 3],
        '0': [5, 18],
        '1': [5, 23],
        '2': [5, 26],
      }),
      ...steps,
    }).when(
      { mixMode: 'vanilla' },
      at({ 'optimizer.lr': -1 }, file, { '': [8, 20], 'optimizer.lr': [8, 22] }),
    );
    const places = problemsOf(() => planOf(experiment)).map((problem) =>
      problem.split(': ').slice(0, 2).join(' '),
    );
    expect(places).toEqual([
      `${file}:4:22 mixMode.alpha`,
      `${file}:5:23 dataset.std.1`,
      `${file}:6:17 batchSize`,
      `${file}:8:22 optimizer.lr`,
    ]);
  });

  it('are said once where many runs have them, with how many those are', () => {
    const experiment = defineExperiment({
      ...given,
      backbone: vary('resnet18', 'resnet34', 'resnet50'),
      'optimizer.weightDecay': vary(...range(100)),
      mixMode: vary(mix.mixup({ alpha: -1 }), mix.cutmix()),
    });
    expect(problemsOf(() => planOf(experiment))).toMatchInlineSnapshot(`
      [
        "mixMode.alpha: the value is not allowed here, in 300 of 600 runs, first backbone=resnet18 optimizer.weightDecay=1 mixMode=mixup (expected more than 0, got -1)",
      ]
    `);
  });

  it('stay a readable number', () => {
    const problems = problemsOf(() =>
      planOf(defineExperiment({ ...given, batchSize: vary(...range(1000).map((n) => -n)) })),
    );
    expect(problems).toHaveLength(201);
    expect(problems.at(-1)).toBe('and 800 more problems');
  });
});

function range(size: number): number[] {
  return Array.from({ length: size }, (_, index) => index + 1);
}
