/**
 * Do vanilla training, MixUp and CutMix learn real images in minutes of a CPU?
 *
 * npx mixlab configs --experiment=quickstart/cifar10
 * MIXLAB_DATA_CIFAR10_SMALL=… bash generated/quickstart/cifar10/launch/local.sh
 *
 * ResNet-18 with the 3×3 stem of stride 2, 200 training and 100 test images of each class of CIFAR-10, as an ImageFolder
 * tree, 5 epochs, 3 seeds. Every run is to reach 20 % top-1; guessing gives 10 %. docs/results/cifar10-cpu.md has what
 * came of it. Too short to rank methods.
 */
import { datasets, defineExperiment, imageFolder, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'quickstart/cifar10',
  recipe: recipes.cifar,
  dataset: imageFolder({ ...datasets.cifar10, name: 'cifar10-small', valSplit: 'val' }),
  backbone: 'resnet18',
  'model.stem': 'tiny-imagenet',
  batchSize: 50,
  maxEpochs: 5,
  'optimizer.lr': 0.05,
  'optimizer.nesterov': true,
  'optimizer.weightDecay': 5e-4,
  'schedule.interval': 'step',
  'schedule.warmupEpochs': 1,
  'runtime.workers': 0,
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: 0.2 }), mix.cutmix({ alpha: 1 })),
  trials: 3,
  report: medianOfLast(1),
  launch: { gpusPerRun: 0 },
});
