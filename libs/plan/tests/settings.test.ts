import { defineExperiment, isExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { applySet, parseSetting } from '@mixlab/plan';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf, shortNames } from './plan-of.ts';

const experiment = defineExperiment({
  name: 'group/example',
  recipe: recipes.cifar,
  backbone: 'resnet18',
  maxEpochs: vary(100, 300),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 })),
}).when({ maxEpochs: 300 }, { 'optimizer.lr': 0.05 });

describe('--set', () => {
  it('makes a sibling in which the value stands over everything that the experiment says', () => {
    const sibling = applySet(experiment, [['optimizer.lr', 0.7]]);
    expect(sibling.name).toMatch(/^group\/example\.set-[0-9a-f]{8}$/);
    expect(isExperiment(sibling)).toBe(true);
    expect(experiment.settings).toEqual([]);
    const runs = [...planOf(sibling).runs()];
    expect(runs.map(({ config }) => config.optimizer.lr)).toEqual([0.7, 0.7, 0.7, 0.7]);
    expect(runs[0]?.originOf('optimizer.lr')).toEqual({ kind: 'command-line', setting: 'optimizer.lr=0.7' });
  });

  it('collapses an axis that it sets', () => {
    const plan = planOf(experiment, { sets: [['maxEpochs', 200]] });
    expect(shortNames(plan)).toEqual([
      'resnet18-vanilla-ep200',
      'resnet18-mixup-ep200-a0.2',
      'resnet18-vanilla-ep200',
      'resnet18-mixup-ep200-a0.2',
    ]);
    expect(
      planOf(experiment, {
        sets: [
          ['maxEpochs', 200],
          ['optimizer.lr', 0.1],
        ],
      }),
    ).toMatchObject({ size: 2, merged: 2 });
  });

  it('names the sibling by what is set, not by its order', () => {
    const settings = [
      ['maxEpochs', 200],
      ['optimizer.lr', 0.1],
    ] as const;
    const names = [settings, settings.toReversed()].map((order) => applySet(experiment, order).name);
    expect(names[0]).toBe(names[1]);
    expect(applySet(experiment, [['maxEpochs', 201]]).name).not.toBe(
      applySet(experiment, [['maxEpochs', 200]]).name,
    );
    expect(applySet(applySet(experiment, [settings[0]]), [settings[1]]).name).toBe(names[0]);
    expect(applySet(experiment, []).name).toBe('group/example');
  });

  it('sets a method’s parameter where the method has it', () => {
    const plan = planOf(experiment, { sets: [['mixMode.alpha', 3]] });
    expect([...plan.runs()].map((run) => run.method)).toEqual([
      {},
      { alpha: 3, perSample: false },
      {},
      { alpha: 3, perSample: false },
    ]);
  });

  it('takes a method by name', () => {
    const plan = planOf(experiment, { sets: [['mixMode', 'cutmix']] });
    expect([...plan.runs()].map((run) => run.axes['mixMode'])).toEqual(['cutmix', 'cutmix']);
  });

  it('sets trials and GPUs', () => {
    const plan = planOf(experiment, {
      sets: [
        ['trials', 3],
        ['launch.gpusPerRun', 0],
      ],
    });
    expect([plan.trials, plan.launch.gpusPerRun]).toEqual([3, 0]);
  });

  it.each([
    [[['maxEpoch', 200]]],
    [[['optimizer.lrr', 1]]],
    [[['maxEpochs', '200']]],
    [[['maxEpochs', 0]]],
    [[['mixMode', 'cutmx']]],
    [[['mixMode.switchProbability', 0.5]]],
    [
      [
        ['optimizer', { lr: 1 }],
        ['optimizer.lr', 2],
      ],
    ],
    [[['trials', 0]]],
    [[['launch.gpusPerRun', 'two']]],
  ] as const)('refuses %j', (sets) => {
    expect(problemsOf(() => planOf(experiment, { sets: sets as never })).join('\n')).toMatchSnapshot();
  });
});

describe('an argument of --set', () => {
  it.each([
    ['maxEpochs=200', 'maxEpochs', 200],
    ['optimizer.lr = 0.1', 'optimizer.lr', 0.1],
    ['precision=bf16', 'precision', 'bf16'],
    ['model.pretrained=a=b', 'model.pretrained', 'a=b'],
    ['model.pretrained="200"', 'model.pretrained', '200'],
    ['model.pretrained=null', 'model.pretrained', null],
    ['optimizer.nesterov=true', 'optimizer.nesterov', true],
    ['mixMode={"name":"cutmix","alpha":2}', 'mixMode', { name: 'cutmix', alpha: 2 }],
    ['dataset.mean=[0,0,0]', 'dataset.mean', [0, 0, 0]],
    ['note=', 'note', ''],
  ])('%s', (text, path, value) => {
    expect(parseSetting(text)).toEqual([path, value]);
  });

  it.each(['maxEpochs', '=200', ''])('refuses %j', (text) => {
    expect(problemsOf(() => parseSetting(text))[0]).toContain('--set needs a path and a value');
  });

  it.each(['mixMode={"name":"cutmix"', 'dataset.mean=[0,0', 'backbone="resnet'])(
    'that breaks off is not taken for text: %s',
    (text) => {
      expect(problemsOf(() => parseSetting(text))[0]).toContain('--set needs a whole JSON value here');
    },
  );

  it.each(['maxEpochs=1e999', 'optimizer={"lr":-1e999}', 'model.pretrained="\\ud800"'])(
    'that no JSON holds is refused in words: %s',
    (text) => {
      expect(problemsOf(() => parseSetting(text))[0]).toMatch(
        /^[\w.]+: --set takes no number that is too large/,
      );
    },
  );

  it('cannot reach the prototype of an object', () => {
    const [path, value] = parseSetting('model={"__proto__":{"stem":"x"}}');
    expect(problemsOf(() => planOf(experiment, { sets: [[path, value]] }))).not.toEqual([]);
    expect(problemsOf(() => planOf(experiment, { sets: [['__proto__.x', 1]] }))[0]).toContain(
      'unknown field',
    );
  });
});
