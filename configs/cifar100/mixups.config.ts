/**
 * How does the length of a training change what mixing gains on CIFAR-100?
 *
 * npx mixlab configs --experiment=cifar100
 * bash generated/cifar100/launch/local.sh --gpus 0
 *
 * OpenMixup publishes, for ResNet-18 after 800 epochs: Vanilla 78.04, MixUp 79.12, CutMix 78.17
 * (median top-1 of the last 10 epochs). ResNets have a 3×3 stem without pooling; WRN-28-8 is trained for 400
 * epochs alone.
 */
import { datasets, defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'cifar100',
  recipe: recipes.cifar,
  dataset: datasets.cifar100,
  'inputs.paddingMode': 'reflect',
  backbone: vary('resnet18', 'resnext50_32x4d', 'wrn28_8'),
  maxEpochs: vary(200, 400, 800, 1200),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 1 }), mix.cutmix({ alpha: 0.2 })),
  trials: 1,
  report: medianOfLast(10),
  launch: { gpusPerRun: 1 },
}).exclude({ backbone: 'wrn28_8', maxEpochs: [200, 800, 1200] });
