/**
 * How does the length of a training change what mixing gains on CIFAR-100?
 *
 * npx mixlab configs --experiment=cifar100
 * bash generated/cifar100/launch/local.sh --gpus 0
 *
 * One run for each cell of OpenMixup's table. It publishes, for ResNet-18 after 800 epochs: Vanilla 78.04, MixUp 79.12,
 * CutMix 78.17 (median top-1 of the last 10 epochs). ResNets have a 3×3 stem without pooling; WRN-28-8 is trained for 400
 * epochs alone, with a learning rate and a weight decay of its own.
 */
import { datasets, defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'cifar100',
  recipe: recipes.cifar,
  dataset: datasets.cifar100,
  'inputs.paddingMode': 'reflect',
  backbone: vary('resnet18', 'resnext50_32x4d', 'wrn28_8'),
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
    mix.comixup({ alpha: 2 }),
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
  .when({ backbone: 'wrn28_8' }, { 'optimizer.lr': 0.03, 'optimizer.weightDecay': 1e-3 })
  // The moving average needs a backbone that keeps learning.
  .when(
    { mixMode: ['automix', 'samix'], backbone: ['resnet18', 'resnext50_32x4d'] },
    { 'schedule.minLr': 0.05 },
  )
  // OpenMixup's blocks have no momentum there; here they have the backbone's.
  .when({ mixMode: ['automix', 'samix'], backbone: 'wrn28_8' }, { 'schedule.minLr': 1e-3 })
  .exclude({ backbone: 'wrn28_8', maxEpochs: [200, 800, 1200] })
  // Published for ResNet-18 after 1200 epochs alone.
  .exclude({ mixMode: 'alignmix', maxEpochs: [200, 400, 800] })
  .exclude({ mixMode: 'alignmix', backbone: ['resnext50_32x4d', 'wrn28_8'] });
