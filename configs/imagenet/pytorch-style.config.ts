/**
 * Which mixing method helps ResNets most on ImageNet-1k under the plain PyTorch-style setting?
 *
 * npx mixlab configs --experiment=imagenet/pytorch-style
 * bash generated/imagenet/pytorch-style/launch/local.sh --gpus 0,1,2,3
 *
 * One run for each cell of OpenMixup's table. It publishes, for ResNet-50 at 100 epochs: Vanilla 76.83, MixUp 77.12,
 * CutMix 77.17, PuzzleMix 77.54, SAMix 78.14 (median top-1 of the last 5 epochs; of the last 10 at 300 epochs). A run
 * takes four GPUs with 64 images each. ResNet-18 underfits, and gets milder cuts.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'imagenet/pytorch-style',
  recipe: recipes.pytorch,
  backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnext101_32x4d'),
  maxEpochs: vary(100, 300),
  mixMode: vary(
    mix.vanilla(),
    mix.mixup({ alpha: 0.2 }),
    mix.cutmix({ alpha: 1 }),
    mix.deit(),
    mix.manifoldmix({ alpha: 0.2 }),
    mix.saliencymix({ alpha: 1 }),
    mix.attentivemix({ alpha: 2 }),
    mix.fmix({ alpha: 1 }),
    mix.gridmixup({ alpha: 0.2 }),
    mix.puzzlemix({ alpha: 1, blockCounts: [2, 4, 8] }),
    mix.comixup({ alpha: 2 }),
    mix.supermix({ alpha: 2 }),
    mix.resizemix({ alpha: 1 }),
    mix.alignmix({ alpha: 2 }),
    mix.grafting({ alpha: 1 }),
    mix.automix({ alpha: 2 }),
    mix.samix({ alpha: 2 }),
  ),
  trials: 1,
  report: medianOfLast(5),
  launch: { gpusPerRun: 4 },
})
  .when({ maxEpochs: 300 }, { report: medianOfLast(10) })
  .when(
    { backbone: 'resnet18', mixMode: ['cutmix', 'saliencymix', 'fmix', 'resizemix'] },
    { mixMode: { alpha: 0.2 } },
  )
  // Published for some of the backbones and epochs.
  .exclude({ backbone: 'resnext101_32x4d', maxEpochs: 300 })
  .exclude({
    mixMode: ['deit', 'gridmixup', 'comixup', 'supermix', 'alignmix', 'grafting'],
    backbone: ['resnet18', 'resnet34', 'resnet101', 'resnext101_32x4d'],
  })
  .exclude({ mixMode: 'attentivemix', backbone: ['resnet34', 'resnet101', 'resnext101_32x4d'] })
  .exclude({ mixMode: ['deit', 'attentivemix', 'comixup', 'supermix', 'grafting'], maxEpochs: 300 });
