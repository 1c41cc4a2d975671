/** Two small experiments, 6 and 2 runs. */
export const first = `import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'tiny/first',
  recipe: recipes.tinyImagenet,
  backbone: vary('resnet18', 'resnet50'),
  maxEpochs: 10,
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 1 }), mix.cutmix({ alpha: 1 })),
  trials: 2,
  report: medianOfLast(5),
}).when({ backbone: 'resnet18', mixMode: 'cutmix' }, { mixMode: { alpha: 0.2 } });
`;

export const second = `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'second',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  maxEpochs: vary(100, 200),
  mixMode: mix.mixup({ alpha: 0.2 }),
});
`;

export const authored = {
  'configs/tiny/first.config.ts': first,
  'configs/second.config.ts': second,
};

/** An experiment of `count` runs, for tests that need generation to take a while. */
export function largeExperiment(count: number): string {
  return `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'large',
  recipe: recipes.cifar,
  backbone: 'resnet20',
  maxEpochs: 10,
  mixMode: mix.cutmix({ alpha: vary(...Array.from({ length: ${count} }, (_, index) => (index + 1) / 100)) }),
});
`;
}
