/**
 * How do mixing methods compare on Tiny-ImageNet, where a training takes hours rather than days?
 *
 * npx mixlab configs --experiment=tiny-imagenet
 * bash generated/tiny-imagenet/launch/local.sh --gpus 0
 *
 * OpenMixup publishes, for ResNet-18 and ResNeXt-50 (32x4d) after 400 epochs: Vanilla 61.68 and 65.04, MixUp 63.86 and
 * 66.36, CutMix 65.53 and 66.47. It does not say which statistic; ours is the median top-1 of the last 10 epochs.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'tiny-imagenet',
  recipe: recipes.tinyImagenet,
  backbone: vary('resnet18', 'resnext50_32x4d'),
  maxEpochs: 400,
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 1 }), mix.cutmix({ alpha: 1 })),
  trials: 1,
  report: medianOfLast(10),
  launch: { gpusPerRun: 1 },
});
