/**
 * Which mixing method helps ResNets most on ImageNet-1k under the plain PyTorch-style setting?
 *
 * npx mixlab configs --experiment=imagenet/pytorch-style
 * bash generated/imagenet/pytorch-style/launch/local.sh --gpus 0,1,2,3
 *
 * OpenMixup publishes, for ResNet-50 at 100 epochs: Vanilla 76.83, MixUp 77.12, CutMix 77.17, DeiT's switch 77.27
 * (median top-1 of the last 5 epochs; of the last 10 at 300 epochs). A run takes four GPUs with 64 images each.
 * ResNet-18 underfits, and gets a milder CutMix.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'imagenet/pytorch-style',
  recipe: recipes.pytorch,
  backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnext101_32x4d'),
  maxEpochs: vary(100, 300),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 1 }), mix.deit()),
  trials: 1,
  report: medianOfLast(5),
  launch: { gpusPerRun: 4 },
})
  .when({ maxEpochs: 300 }, { report: medianOfLast(10) })
  .when({ backbone: 'resnet18', mixMode: 'cutmix' }, { mixMode: { alpha: 0.2 } })
  .exclude({ backbone: 'resnext101_32x4d', maxEpochs: 300 })
  .exclude({ mixMode: 'deit', backbone: ['resnet18', 'resnet34', 'resnet101', 'resnext101_32x4d'] })
  .exclude({ mixMode: 'deit', backbone: 'resnet50', maxEpochs: 300 });
