/**
 * What does mixing give transformers, and convolutional networks that are trained like them?
 *
 * npx mixlab configs --experiment=imagenet/deit
 * bash generated/imagenet/deit/launch/local.sh --gpus 0,1,2,3,4,5,6,7
 *
 * A run, with three trials, for each cell of OpenMixup's table. It publishes, for DeiT-S: Vanilla 75.66, DeiT's switch
 * 79.80, CutMix 80.13, PuzzleMix 80.45, SAMix 80.94 (mean over three trials of the best top-1). Each backbone has the
 * recipe of its family. Where weights are averaged (DeiT-B, ConvNeXt-T, TransMix on DeiT-S), the average is reported.
 */
import { best, defineExperiment, mix, recipes, together, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'imagenet/deit',
  ...together(
    { recipe: recipes.deitTiny, backbone: 'deit_tiny_patch16_224' },
    { recipe: recipes.deitSmall, backbone: 'deit_small_patch16_224' },
    { recipe: recipes.deitBase, backbone: 'deit_base_patch16_224' },
    { recipe: recipes.pvt, backbone: 'pvt_tiny' },
    { recipe: recipes.pvt, backbone: 'pvt_small' },
    { recipe: recipes.swin, backbone: 'swin_tiny_patch4_window7_224' },
    { recipe: recipes.convnext, backbone: 'convnext_tiny' },
    { recipe: recipes.moganet, backbone: 'moganet_tiny' },
  ),
  mixMode: vary(
    mix.vanilla(),
    mix.deit(),
    mix.mixup({ alpha: 0.2 }),
    mix.cutmix({ alpha: 0.2 }),
    mix.manifoldmix({ alpha: 0.2 }),
    mix.attentivemix({ alpha: 2 }),
    mix.saliencymix({ alpha: 0.2 }),
    mix.puzzlemix({ alpha: 1, blockCounts: [2, 4, 8] }),
    mix.fmix({ alpha: 0.2 }),
    mix.resizemix({ alpha: 1 }),
    mix.transmix({ mixupAlpha: 0.8, mixupProbability: 0.2, alpha: 1 }),
    mix.tokenmix({ mixupAlpha: 0.8 }),
    mix.smmix({ mixupAlpha: 0.8 }),
    mix.automix({ alpha: 2, switchOff: 0.8, momentumStart: 0.25, blockLr: 1e-3, blockMinLr: 1e-4 }),
    mix.samix({ alpha: 2, switchOff: 0.8, momentumStart: 0.25, blockLr: 1e-3, blockMinLr: 1e-4 }),
  ),
  trials: 3,
  report: best(),
  launch: { gpusPerRun: 8 },
})
  .when({ recipe: ['deit-base', 'convnext'] }, { report: best('top1_ema') })
  // What OpenMixup's configs of single methods change in the recipe of a backbone.
  .when(
    { recipe: ['deit-tiny', 'deit-small', 'deit-base'], mixMode: 'attentivemix' },
    { mixMode: { teacher: { backbone: 'resnet50' } } },
  )
  .when({ recipe: 'deit-tiny', mixMode: 'transmix' }, { 'optimizer.weightDecay': 0.03 })
  .when(
    { recipe: 'deit-small', mixMode: 'transmix' },
    {
      'schedule.minLr': 1e-4,
      ema: { decay: 0.99996, warmupEpochs: 20, warmupFactor: 0.9 },
      report: best('top1_ema'),
    },
  )
  .when(
    { recipe: 'pvt', mixMode: ['automix', 'samix'] },
    { 'inputs.repeats': 1, 'optimizer.clipNorm': 5, 'runtime.gpuBatchSize': 128 },
  )
  .when(
    { recipe: 'convnext', mixMode: ['automix', 'samix'] },
    {
      mixMode: { blockLr: 4e-3, finalMomentum: 0.99996 },
      'ema.decay': 0,
      'runtime.gpuBatchSize': 128,
      report: best(),
    },
  )
  .when({ recipe: ['deit-tiny', 'deit-small'], mixMode: ['automix', 'samix'] }, { 'model.dropPath': 0.1 })
  // Published for some of the backbones.
  .exclude({
    mixMode: 'manifoldmix',
    recipe: ['deit-tiny', 'deit-small', 'deit-base', 'pvt', 'swin'],
  })
  .exclude({ mixMode: ['transmix', 'tokenmix', 'smmix'], recipe: ['convnext', 'moganet'] })
  .exclude({ mixMode: 'tokenmix', backbone: 'pvt_small' })
  .exclude({ mixMode: 'smmix', recipe: ['deit-tiny', 'deit-small', 'deit-base', 'swin'] })
  .exclude({ mixMode: 'smmix', backbone: 'pvt_tiny' });
