/**
 * How does the length of a training change what mixing gains on CIFAR-10?
 *
 * npx mixlab configs --experiment=cifar10
 * bash generated/cifar10/launch/local.sh --gpus 0
 *
 * One run for each cell of OpenMixup's table. It publishes, for ResNet-18 after 800 epochs: Vanilla 95.50, MixUp 96.62,
 * CutMix 96.68, SAMix 97.50 (median top-1 of the last 10 epochs). ResNets have a 3×3 stem without pooling.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'cifar10',
  recipe: recipes.cifar,
  backbone: vary('resnet18', 'resnext50_32x4d'),
  maxEpochs: vary(200, 400, 800, 1200),
  mixMode: vary(
    mix.vanilla(),
    mix.mixup({ alpha: 1 }),
    mix.cutmix({ alpha: 0.2 }),
    mix.manifoldmix({ alpha: 2 }),
    mix.smoothmix(),
    mix.saliencymix({ alpha: 0.2 }),
    mix.attentivemix({ alpha: 2 }),
    mix.fmix({ alpha: 0.2 }),
    mix.puzzlemix({ alpha: 1, transportSize: 4 }),
    mix.gridmixup({ alpha: 0.2 }),
    mix.resizemix({ alpha: 1 }),
    mix.alignmix({ alpha: 2 }),
    mix.automix({
      alpha: 2,
      finalMomentum: 0.999999,
      maskLossDecay: false,
      lamConcat: false,
      blockLr: null,
    }),
    mix.samix({ alpha: 2, finalMomentum: 0.999999, maskLossDecay: false, dropout: 0, blockLr: null }),
  ),
  trials: 1,
  report: medianOfLast(10),
  launch: { gpusPerRun: 1 },
})
  // The moving average needs a backbone that keeps learning.
  .when({ mixMode: ['automix', 'samix'] }, { 'schedule.minLr': 0.05 })
  // Published for ResNet-18 after 1200 epochs alone.
  .exclude({ mixMode: 'alignmix', maxEpochs: [200, 400, 800] })
  .exclude({ mixMode: 'alignmix', backbone: 'resnext50_32x4d' });
