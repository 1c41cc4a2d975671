/**
 * What do the plots of a finished experiment look like?
 *
 * npx mixlab configs --experiment=quickstart/plots
 * nice bash generated/quickstart/plots/launch/local.sh
 * npx mixlab plot --experiment=quickstart/plots --to=docs/images
 *
 * The pictures of docs/plots.md. Digits, 60 trainings of a few seconds each on a CPU: two backbones, three lengths and
 * three α. Expect 25 to 50 % top-1 after 2 epochs and 96 to 99 % after 8; too few images to rank methods.
 */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'quickstart/plots',
  recipe: recipes.quickstart,
  backbone: vary('resnet8', 'resnet14'),
  maxEpochs: vary(2, 4, 8),
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: vary(0.1, 1, 4) }), mix.cutmix({ alpha: 1 })),
  trials: 3,
  report: medianOfLast(3),
  launch: { gpusPerRun: 0 },
}).exclude({ backbone: 'resnet14', maxEpochs: [2, 8] });
