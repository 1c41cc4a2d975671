import type { SweepSchema } from '@mixlab/contracts';
import { defineExperiment, defineSweep, recipes, vary } from '@mixlab/dsl';
import { describe, expect, it } from 'vitest';
import { planOf, problemsOf } from './plan-of.ts';
import { toySchema, type Toy } from './toy-schema.ts';

/** Files runs by the number of their steps in tens, and by whatever else varies. */
const schema: SweepSchema<Toy> = {
  ...toySchema,
  naming: {
    name: 'tens',
    path: (config, varied) => `nets/${varied.join('+')}/${Math.floor(Number(config['steps']) / 10)}.json`,
  },
};
const defineToy = defineSweep<Toy>(schema);

describe('another naming of config files', () => {
  it('says where they lie below the output folder, and leaves runs their names', () => {
    const toy = defineToy({ name: 'a/toy', net: 'n', steps: vary(10, 25), rate: { start: vary(0.1) } });
    const [own, other] = [planOf(toy), planOf(toy, { naming: 'tens' })];
    expect([...other.runs()].map((run) => run.configPath)).toEqual([
      '../../nets/steps+rate.start/1.json',
      '../../nets/steps+rate.start/2.json',
    ]);
    expect([...other.runs()].map((run) => run.name)).toEqual([...own.runs()].map((run) => run.name));
  });

  it('tells apart by hash what would be one file', () => {
    const plan = planOf(defineToy({ name: 'toy', net: 'n', steps: vary(10, 15, 20) }), { naming: 'tens' });
    const [one, two] = [plan.run(0).hash.slice(0, 8), plan.run(1).hash.slice(0, 8)];
    expect([...plan.runs()].map((run) => run.configPath)).toEqual([
      `../nets/steps/1-${one}.json`,
      `../nets/steps/1-${two}.json`,
      '../nets/steps/2.json',
    ]);
  });

  it('that the schema does not have is refused', () => {
    const mixlab = defineExperiment({ name: 'e', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 1 });
    expect(problemsOf(() => planOf(mixlab, { naming: 'tens' }))).toEqual([
      '--naming: config files of the engine mixlab have no naming "tens"',
    ]);
  });
});
