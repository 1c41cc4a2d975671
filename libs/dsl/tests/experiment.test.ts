import {
  best,
  datasets,
  defineExperiment,
  imageFolder,
  isExperiment,
  last,
  meanOfBest,
  medianOfLast,
  mix,
  recipes,
  vary,
} from '@mixlab/dsl';
import type { ExperimentData, Node } from '@mixlab/dsl';
import { at } from '@mixlab/dsl/origin';
import { describe, expect, it } from 'vitest';

const file = 'configs/example.config.ts';

describe('an experiment', () => {
  it('is frozen at every depth, and so is each of its parts', () => {
    const experiment = defineExperiment({
      name: 'example',
      recipe: recipes.pytorch,
      mixMode: vary(mix.vanilla(), mix.mixup({ alpha: vary(0.2, 1) })),
    }).when({ mixMode: 'mixup' }, { optimizer: { lr: 0.2 } });
    expect(unfrozen(experiment, 'experiment')).toEqual([]);
  });

  it('does not change when an author changes what it was made from', () => {
    const optimizer = { lr: 0.1 };
    const experiment = defineExperiment({ name: 'example', optimizer });
    optimizer.lr = 9;
    expect(field(experiment, 'optimizer')).toMatchObject({
      kind: 'object',
      entries: [['lr', { value: 0.1 }]],
    });
  });

  it('gives a changed copy for each step', () => {
    const base = defineExperiment({ name: 'example', maxEpochs: vary(100, 300) });
    const changed = base.when({ maxEpochs: 300 }, { batchSize: 128 }).exclude({ maxEpochs: 100 });
    expect(base.steps).toEqual([]);
    expect(changed.steps.map((step) => step.kind)).toEqual(['when', 'exclude']);
  });

  it('is told from other values', () => {
    expect(isExperiment(defineExperiment({ name: 'example' }))).toBe(true);
    expect([{}, null, undefined, 'example', () => 0].map(isExperiment)).not.toContain(true);
  });

  it('takes down what no config can hold, so that planning can say where it stands', () => {
    const bad = at({ name: 'example', maxEpochs: Number.NaN, batchSize: () => 1 } as never, file, {
      maxEpochs: [3, 3],
      batchSize: [4, 3],
    });
    const experiment = defineExperiment(bad);
    expect(field(experiment, 'maxEpochs')).toEqual({
      kind: 'invalid',
      got: 'NaN',
      at: { file, line: 3, column: 3 },
    });
    expect(field(experiment, 'batchSize')).toMatchObject({ kind: 'invalid', got: 'a function' });
  });

  it.each([
    ['undefined', undefined, 'undefined'],
    ['an endless number', Infinity, 'Infinity'],
    ['a big integer', 1n, 'a bigint'],
    ['a symbol', Symbol('x'), 'a symbol'],
    ['a date', new Date(0), 'a Date'],
    ['a map', new Map(), 'a Map'],
    ['half a surrogate pair', 'x\ud800', 'a string with half a surrogate pair'],
    ['a hole in a list', [, 1], 'undefined'],
    ['a field called __proto__', JSON.parse('{"__proto__": 1}'), 'an object with a field named __proto__'],
  ])('takes down %s as no value', (_what, value, got) => {
    expect(
      JSON.stringify(field(defineExperiment({ name: 'x', inputs: value } as never), 'inputs')),
    ).toContain(got);
  });

  it('takes down an object that contains itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    const node = field(defineExperiment({ name: 'x', inputs: loop } as never), 'inputs');
    expect(JSON.stringify(node)).toContain('an object that contains itself');
  });
});

describe('values', () => {
  it('are plain data', () => {
    expect(mix.mixup({ alpha: 0.2 })).toEqual({ name: 'mixup', alpha: 0.2 });
    expect(mix.vanilla()).toEqual({ name: 'vanilla' });
    expect(
      mix.oneOf([
        [mix.mixup(), 0.25],
        [mix.cutmix({ alpha: 2 }), 0.75],
      ]),
    ).toEqual({
      name: 'oneOf',
      choices: [
        { method: { name: 'mixup' }, probability: 0.25 },
        { method: { name: 'cutmix', alpha: 2 }, probability: 0.75 },
      ],
    });
    expect(imageFolder({ name: 'birds', classes: 200, size: 224 })).toEqual({
      layout: 'imagefolder',
      name: 'birds',
      classes: 200,
      size: 224,
    });
    expect(datasets.cifar10.classes).toBe(10);
  });

  it('reduce curves in the ways of the published tables', () => {
    expect(medianOfLast(5)).toEqual({ reducer: 'medianOfLast', epochs: 5, metric: 'top1' });
    expect(meanOfBest()).toEqual(best());
    expect([best('top5').metric, last().reducer]).toEqual(['top5', 'last']);
  });
});

function field(experiment: ExperimentData, name: string): Node | undefined {
  const { authored } = experiment;
  return authored.kind === 'object' ? authored.entries.find(([key]) => key === name)?.[1] : undefined;
}

function unfrozen(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  // The schema is not the experiment's own.
  const own = Object.entries(value).filter(([key]) => key !== 'schema');
  const inner = own.flatMap(([key, part]) => unfrozen(part, `${path}.${key}`));
  return Object.isFrozen(value) ? inner : [path, ...inner];
}
