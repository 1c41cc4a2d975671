import { planSchema } from '@mixlab/contracts';
import { defineExperiment, halving, mix, recipes, vary } from '@mixlab/dsl';
import { parsePlan, planFilePieces } from '@mixlab/plan';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf, source } from './plan-of.ts';

const plan = planOf(
  defineExperiment({
    name: 'example',
    recipe: recipes.cifar,
    backbone: 'resnet18',
    maxEpochs: vary(100, 300),
    mixMode: vary(mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: vary(1, 2) })),
    trials: 3,
    launch: { gpusPerRun: 0 },
  }),
  { selection: { maxEpochs: [100] } },
);
const text = [...planFilePieces(plan)].join('');

describe('plan.json', () => {
  it('is this text', () => {
    expect(text).toMatchSnapshot();
  });

  it('comes in pieces, however many runs there are', () => {
    const rates = Array.from({ length: 3000 }, (_, index) => (index + 1) / 1000);
    const large = planOf(
      defineExperiment({
        name: 'large',
        recipe: recipes.cifar,
        backbone: 'resnet18',
        maxEpochs: 1,
        'optimizer.lr': vary(...rates),
      }),
    );
    const pieces = [...planFilePieces(large)];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(64 * 1024);
    expect(parsePlan(pieces.join('')).runs).toHaveLength(3000);
  });

  it('holds the rungs of a halving, and nothing of one without', () => {
    expect(parsePlan(text)).not.toHaveProperty('halving');
    const halved = (settings: Parameters<typeof halving>[0], maxEpochs = 100) =>
      parsePlan(
        [
          ...planFilePieces(
            planOf(
              defineExperiment({
                ...{ name: 'e', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs },
                ...{ ema: { decay: 0.99 }, halving: halving(settings) },
              } as never),
            ),
          ),
        ].join(''),
      ).halving;
    expect(halved({ metric: 'top1', eta: 3 })).toEqual({
      ...{ metric: 'top1', goal: 'max', eta: 3, rungs: [4, 12, 36, 100] },
    });
    expect(halved({ metric: 'loss_ema', eta: 2, min: 3 })?.goal).toBe('min');
    expect(halved({ metric: 'top1', eta: 2, min: 3 })?.rungs).toEqual([3, 6, 12, 24, 48, 96, 100]);
    expect(halved({ metric: 'top1', eta: 4 }, 2)?.rungs).toEqual([1, 2]);
  });

  it('is read back as it was', () => {
    expect(parsePlan(text)).toEqual(planSchema.parse(JSON.parse(text)));
  });

  it('tells what else the authored file was made from, in the order of paths', () => {
    const imports = { 'configs/b.ts': '1'.repeat(64), 'configs/a.ts': '2'.repeat(64) };
    const experiment = defineExperiment({
      name: 'e',
      recipe: recipes.cifar,
      backbone: 'resnet18',
      maxEpochs: 1,
    });
    const { source: read } = parsePlan(
      [...planFilePieces(planOf(experiment, { source: { ...source, imports } }))].join(''),
    );
    expect(read).toEqual({ ...source, imports });
    expect(Object.keys(read.imports ?? {})).toEqual(['configs/a.ts', 'configs/b.ts']);
  });

  it.each([
    ['empty', ''],
    ['cut short', text.slice(0, 300)],
    ['another file', '{"scripts":{}}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['another version', text.replace('"schemaVersion": 2', '"schemaVersion": 99')],
    ['no runs', text.replace(/"runs": \[[^]*\]\n/, '"runs": null\n')],
    ['a hash cut short', text.replace(/"hash":"[0-9a-f]{8}/, '"hash":"')],
    ['a run twice', text.replace(/(\n {4}\{.*\}),/, '$1,$1,')],
    ['a config outside of the folder', text.replace('"config":"configs/', '"config":"../configs/')],
    ['an experiment outside of the folder', text.replace('"experiment": "', '"experiment": "../')],
    ['a path out of the folder for a name', text.replace(/"name":"/, '"name":"../')],
  ])('that is damaged is refused: %s', (_what, damaged) => {
    expect(problemsOf(() => parsePlan(damaged, 'generated/example/plan.json')).join('\n')).toMatchSnapshot();
  });
});
