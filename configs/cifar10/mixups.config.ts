/**
 * How does the length of a training change what mixing gains on CIFAR-10?
 *
 * npx mixlab configs --experiment=cifar10
 * bash generated/cifar10/launch/local.sh --gpus 0
 *
 * OpenMixup publishes, for ResNet-18 after 800 epochs: Vanilla 95.50, MixUp 96.62, CutMix 96.68
 * (median top-1 of the last 10 epochs). ResNets have a 3×3 stem without pooling.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'cifar10',
  recipe: recipes.cifar,
  backbone: vary('resnet18', 'resnext50_32x4d'),
  maxEpochs: vary(200, 400, 800, 1200),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 1 }), mix.cutmix({ alpha: 0.2 })),
  trials: 1,
  report: medianOfLast(10),
  launch: { gpusPerRun: 1 },
});
