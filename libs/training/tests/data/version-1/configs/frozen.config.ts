/** What version 1 of the run config called PuzzleMix's parameters. */
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'frozen',
  recipe: recipes.quickstart,
  backbone: 'frozen_net:Linear',
  'model.stem': 'imagenet',
  maxEpochs: 2,
  // Blocks of 2 pixels move.
  mixMode: vary(mix.mixup({ alpha: 0.2 }), mix.puzzlemix({ tSize: 2, advP: vary(0.25, 0.5) })),
  trials: 1,
  report: medianOfLast(1),
  launch: { gpusPerRun: 0 },
})
  .when({ mixMode: 'puzzlemix', 'mixMode.advP': 0.25 }, { mixMode: { advEps: 20 } })
  .when({ mixMode: 'puzzlemix', 'mixMode.advP': 0.5 }, { 'mixMode.tEps': 0.5 });
