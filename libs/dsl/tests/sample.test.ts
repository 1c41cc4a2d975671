import {
  choice,
  defineExperiment,
  integer,
  logUniform,
  mix,
  recipes,
  sample,
  together,
  uniform,
} from '@mixlab/dsl';
import type { Node } from '@mixlab/dsl';
import { describe, expect, it } from 'vitest';

const given = { name: 'search', recipe: recipes.cifar, backbone: 'resnet18', maxEpochs: 100 } as const;

/** Two fields at random, point by point. */
function points(count: number, seed?: number) {
  const fields = { 'optimizer.lr': logUniform(1e-4, 1e-1), batchSize: choice(64, 128) };
  const drawn = sample(count, fields, seed === undefined ? undefined : { seed });
  const columns = valuesOf(defineExperiment({ ...given, ...drawn }).authored);
  return (columns['optimizer.lr'] as number[]).map((lr, at) => [lr, columns['batchSize']?.[at]]);
}

/** The values of each field that varies. */
function valuesOf(node: Node): Record<string, unknown[]> {
  const entries = node.kind === 'object' ? node.entries : [];
  return Object.fromEntries(
    entries.flatMap(([path, field]) => (field.kind === 'vary' ? [[path, field.choices.map(plain)]] : [])),
  );
}

function plain(node: Node): unknown {
  return node.kind === 'value' ? node.value : node;
}

describe('sample', () => {
  it('draws the same points on every machine and with every version', () => {
    // Plans hold them: another generator would need another name.
    expect(points(4)).toMatchInlineSnapshot(`
      [
        [
          0.0001076,
          64,
        ],
        [
          0.001573,
          128,
        ],
        [
          0.0111,
          64,
        ],
        [
          0.05577,
          64,
        ],
      ]
    `);
    expect(points(2, 1)).toMatchInlineSnapshot(`
      [
        [
          0.09569,
          64,
        ],
        [
          0.01276,
          128,
        ],
      ]
    `);
  });

  it('keeps all points when more are drawn', () => {
    expect(points(40).slice(0, 4)).toEqual(points(4));
    expect(new Set(points(40).map(String)).size).toBe(40);
  });

  it('keeps the values of a field when another is added', () => {
    const lr = logUniform(1e-4, 1e-1);
    const alone = defineExperiment({ ...given, ...sample(5, { 'optimizer.lr': lr }) });
    const joined = defineExperiment({
      ...given,
      ...sample(5, { maxEpochs: integer(1, 9), 'optimizer.lr': lr }),
    });
    expect(valuesOf(joined.authored)['optimizer.lr']).toEqual(valuesOf(alone.authored)['optimizer.lr']);
  });

  it('follows each law', () => {
    const drawn = (distribution: ReturnType<typeof uniform>) =>
      valuesOf(defineExperiment({ ...given, 'optimizer.lr': sample(500, distribution) }).authored)[
        'optimizer.lr'
      ] as number[];
    const shareBelow = (values: number[], limit: number) =>
      values.filter((value) => value < limit).length / values.length;
    // Of 500 draws a share strays by 0.067 from its law in one of 400 experiments; these are the same each time.
    const near = (share: number) => (got: number) => Math.abs(got - share) < 0.067;
    const even = drawn(uniform(1, 3));
    expect(shareBelow(even, 1.5)).toSatisfy(near(0.25));
    expect(Math.min(...even)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...even)).toBeLessThanOrEqual(3);
    expect(shareBelow(drawn(logUniform(1e-6, 1)), 1e-3)).toSatisfy(near(0.5));
    const narrow = drawn(uniform(1000.1, 1000.2));
    expect(shareBelow(narrow, 1000.15)).toSatisfy(near(0.5));
    const whole = valuesOf(defineExperiment({ ...given, maxEpochs: sample(7, integer(-3, 3)) }).authored)[
      'maxEpochs'
    ] as number[];
    expect([...whole].sort((a, b) => a - b)).toEqual([-3, -2, -1, 0, 1, 2, 3]);
  });

  it('stands wherever values vary: in a method, and beside a together', () => {
    const experiment = defineExperiment({
      ...given,
      mixMode: mix.mixup({ alpha: sample(3, uniform(0.1, 2)) }),
      ...together({ maxEpochs: 100, 'optimizer.lr': 0.1 }, { maxEpochs: 300, 'optimizer.lr': 0.05 }),
      ...sample(2, { 'optimizer.weightDecay': logUniform(1e-5, 1e-3), batchSize: integer(50, 100) }),
    });
    expect(Object.keys(valuesOf(experiment.authored))).toEqual([
      'maxEpochs',
      'optimizer.lr',
      'optimizer.weightDecay',
      'batchSize',
    ]);
  });
});
