/**
 * How do mixing methods compare on Tiny-ImageNet, where a training takes hours rather than days?
 *
 * npx mixlab configs --experiment=tiny-imagenet
 * bash generated/tiny-imagenet/launch/local.sh --gpus 0
 *
 * One run for each cell of OpenMixup's table. It publishes, for ResNet-18 and ResNeXt-50 (32x4d) after 400 epochs:
 * Vanilla 61.68 and 65.04, CutMix 65.53 and 66.47, SAMix 68.89 and 72.18. It does not say which statistic; ours is the
 * median top-1 of the last 10 epochs.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'tiny-imagenet',
  recipe: recipes.tinyImagenet,
  backbone: vary('resnet18', 'resnext50_32x4d'),
  maxEpochs: 400,
  mixMode: vary(
    mix.vanilla(),
    mix.mixup({ alpha: 1 }),
    mix.cutmix({ alpha: 1 }),
    mix.manifoldmix({ alpha: 0.2 }),
    mix.smoothmix(),
    mix.saliencymix({ alpha: 1 }),
    mix.attentivemix({ alpha: 2 }),
    mix.fmix({ alpha: 1 }),
    mix.puzzlemix({ alpha: 1, blockCounts: [2, 4, 8] }),
    mix.comixup({ alpha: 2 }),
    mix.resizemix({ alpha: 1 }),
    mix.gridmixup({ alpha: 0.2 }),
    mix.grafting({ alpha: 1 }),
    mix.alignmix({ alpha: 2 }),
    mix.automix({ alpha: 2, finalMomentum: 0.999999, maskLossDecay: false, lamConcat: false }),
    mix.samix({ alpha: 2, finalMomentum: 0.999999, maskLossDecay: false, dropout: 0 }),
  ),
  trials: 1,
  report: medianOfLast(10),
  launch: { gpusPerRun: 1 },
})
  // The moving average needs a backbone that keeps learning.
  .when({ mixMode: ['automix', 'samix'] }, { 'schedule.minLr': 0.05 })
  .when({ mixMode: ['automix', 'samix'], backbone: 'resnext50_32x4d' }, { 'runtime.gpuBatchSize': 50 })
  // Published for ResNet-18 alone.
  .exclude({ mixMode: ['grafting', 'alignmix'], backbone: 'resnext50_32x4d' });
