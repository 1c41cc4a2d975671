import { defineExperiment, defineSweep, mix, recipes, vary } from '@mixlab/dsl';
import { checkNames } from '@mixlab/plan';
import { at } from '@mixlab/dsl/origin';
import { describe, expect, it } from 'vitest';
import { planOf, shortNames } from './plan-of.ts';
import { toySchema } from './toy-schema.ts';

const defineToy = defineSweep(toySchema);

describe('the name of a run', () => {
  it('shows whatever varies, each in a readable way', () => {
    const plan = planOf(
      defineExperiment({
        name: 'example',
        recipe: recipes.cifar,
        backbone: 'resnet18',
        maxEpochs: 5,
        mixMode: mix.cutmix({ alpha: 0.5 }),
        optimizer: vary({ name: 'adamw', lr: 1e-8 }, { name: 'sgd', lr: 0.25, nesterov: true }),
        precision: vary('bf16'),
        'inputs.trainSize': vary(null, 160),
        'inputs.cropAspect': vary([0.5, 2]),
      }),
    );
    expect(shortNames(plan)).toEqual([
      'resnet18-cutmix-ep5-a0.5-adamw-precision-bf16-trainsize-null-cropaspect-0.5_2',
      'resnet18-cutmix-ep5-a0.5-adamw-precision-bf16-trainsize160-cropaspect-0.5_2',
      'resnet18-cutmix-ep5-a0.5-sgd-precision-bf16-trainsize-null-cropaspect-0.5_2',
      'resnet18-cutmix-ep5-a0.5-sgd-precision-bf16-trainsize160-cropaspect-0.5_2',
    ]);
  });

  it('is cut in its readable part', () => {
    const [run] = planOf(defineToy({ name: 'toy', net: `${'long '.repeat(60)}`, steps: 1 })).runs();
    expect(run?.name).toHaveLength(100);
    expect(run?.name.endsWith(`-${run.hash.slice(0, 8)}`)).toBe(true);
  });

  it.each([
    ['../../etc', 'etc-plain-st1'],
    ['$(rm -rf ~) `x` "y"', 'rm-rf-x-y-plain-st1'],
    ['line\nbreak', 'line-break-plain-st1'],
    ['Große', 'gro-e-plain-st1'],
    ['...', '_-plain-st1'],
    ['日本', '_-plain-st1'],
  ])('of %j is fit for a shell and a file system', (net, expected) => {
    const plan = planOf(defineToy({ name: 'toy', net, steps: 1 }));
    expect(shortNames(plan)).toEqual([expected]);
    expect(plan.run(0).configPath.split('/')).toHaveLength(4);
  });

  it('has more digits of the hash where eight would clash', () => {
    // The hashes of the last two both start with a8ab1f7e: found by trying.
    const plan = planOf(defineToy({ name: 'toy', net: 'a', steps: vary(1, 9419, 53613) }));
    const digits = [...plan.runs()].map((run) => run.name.slice(run.name.lastIndexOf('-') + 1));
    expect(digits.map((text) => text.length)).toEqual([8, 9, 9]);
    expect(digits[1]?.slice(0, 8)).toBe(digits[2]?.slice(0, 8));
  });
});

describe('the names of experiments', () => {
  const named = (name: string, line: number, file = 'configs/a.config.ts') => {
    const places = { '': [line, 1], name: [line, 3] } as const;
    return { experiment: defineExperiment(at({ name }, file, places)), file };
  };

  it('are taken once', () => {
    const issues = checkNames([named('a', 1), named('b', 2), named('a', 3)]);
    expect(issues.map(({ code, message, at: place }) => [code, message, place?.line])).toEqual([
      ['duplicate-name', 'another experiment has this name, at configs/a.config.ts:3:3', 1],
      ['duplicate-name', 'another experiment has this name, at configs/a.config.ts:1:3', 3],
    ]);
  });

  it('are not those of an experiment that another file exports, too', () => {
    const one = named('a', 1);
    const issues = checkNames([one, { ...one, file: 'configs/b.config.ts' }]);
    expect(issues.map(({ message, at: place }) => [message, place?.file])).toEqual([
      ['another experiment has this name, at configs/b.config.ts:1:1', 'configs/a.config.ts'],
      ['another experiment has this name, at configs/a.config.ts:1:3', 'configs/b.config.ts'],
    ]);
  });

  it('do not lie in one another’s folders', () => {
    expect(checkNames([named('a', 1), named('a/b', 2), named('ab', 3)]).map(({ code }) => code)).toEqual([
      'nested-name',
      'nested-name',
    ]);
  });

  it.each(['imagenet/pytorch-style', 'a', '0', 'a_b.c/d'])('may be %j', (name) => {
    expect(checkNames([named(name, 1)])).toEqual([]);
    expect(() => planOf(defineToy({ name, net: 'a', steps: 1 }))).not.toThrow();
  });

  it.each([
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '.',
    '..',
    'a/../b',
    '-a',
    '.a',
    'A',
    'a b',
    'a\\b',
    'é',
    'a'.repeat(101),
  ])('may not be %j', (name) => {
    expect(() => planOf(defineToy({ name, net: 'a', steps: 1 }))).toThrow('an experiment needs a name');
  });
});
