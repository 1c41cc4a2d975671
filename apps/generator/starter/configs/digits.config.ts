/**
 * Do MixUp and CutMix help a small ResNet on handwritten digits?
 *
 * npx mixlab configs --experiment=digits
 * bash generated/digits/launch/local.sh
 * npx mixlab table --experiment=digits
 *
 * Three trainings of a few seconds each on a CPU; expect 97 to 99 % top-1. Change anything: the editor completes names,
 * and marks what does not fit.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'digits',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 1 })),
  trials: 1,
  report: medianOfLast(3),
  launch: { gpusPerRun: 0 },
});
