/**
 * Does mixing still help networks that are trained by timm's RSB settings, short (A3) and long (A2)?
 *
 * npx mixlab configs --experiment=imagenet/rsb
 * bash generated/imagenet/rsb/launch/local.sh --gpus 0,1,2,3
 *
 * One run for each cell of OpenMixup's table. It publishes, for ResNet-50: RSB's own switch 78.08 with A3 and 79.80 with
 * A2, AutoMix 78.44 and 80.28 (median top-1 of the last 5 epochs with A3, of the last 10 with A2). A run takes four GPUs,
 * with 512 images each in A3, and with 256 in two passes in A2.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'imagenet/rsb',
  recipe: vary(recipes.rsbA3, recipes.rsbA2),
  backbone: vary('resnet50', 'efficientnet_b0', 'mobilenetv2_100'),
  mixMode: vary(
    mix.rsb(),
    mix.mixup({ alpha: 0.2 }),
    mix.cutmix({ alpha: 0.2 }),
    mix.manifoldmix({ alpha: 0.2 }),
    mix.attentivemix({ alpha: 2 }),
    mix.saliencymix({ alpha: 0.2 }),
    mix.fmix({ alpha: 0.2 }),
    mix.puzzlemix({ alpha: 1, blockCounts: [2, 4, 8] }),
    mix.resizemix({ alpha: 1 }),
    // Their blocks learn at the rate of the backbone: what fits LAMB is not published.
    mix.automix({ alpha: 2, blockLr: null }),
    mix.samix({ alpha: 2, blockLr: null }),
  ),
  trials: 1,
  report: medianOfLast(5),
  launch: { gpusPerRun: 4 },
})
  .when({ recipe: 'rsb-a2' }, { report: medianOfLast(10) })
  .when(
    { backbone: ['efficientnet_b0', 'mobilenetv2_100'] },
    { 'model.syncBatchNorm': false, 'model.dropPath': 0 },
  )
  .exclude({ mixMode: 'samix', backbone: 'resnet50', recipe: 'rsb-a2' });
