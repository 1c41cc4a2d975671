import type { Dataset } from './generated/run-config.ts';

/** A dataset as an author names it: what the format's defaults say may be left out. */
export type AuthoredDataset = Pick<Dataset, 'name' | 'classes' | 'size'> & Partial<Dataset>;

/** Any folder tree `<root>/<split>/<class>/<image>`. */
export function imageFolder(dataset: AuthoredDataset): AuthoredDataset {
  return { layout: 'imagefolder', ...dataset };
}

// Channel statistics that OpenMixup's base configs use for both CIFAR sets.
const cifarChannels = { mean: [0.4914, 0.4822, 0.4465], std: [0.2023, 0.1994, 0.201] } as const;

/** Statistics of grey images, which are read as RGB. */
function grey(mean: number, std: number) {
  return { mean: [mean, mean, mean], std: [std, std, std] } as const;
}

/** Datasets of the benchmark; where each lies on a machine comes from MIXLAB_DATA_<NAME>, see docs/data.md. */
export const datasets = {
  /** ImageNet-1k: 1.28 million training images, 50,000 validation images, 1,000 classes. */
  imagenet: { name: 'imagenet', classes: 1000, size: 224 },
  /** Tiny-ImageNet: 100,000 training images of 64×64 pixels, 200 classes. */
  tinyImagenet: { name: 'tiny-imagenet', classes: 200, size: 64 },
  /** CIFAR-10: 50,000 training images of 32×32 pixels, 10 classes. */
  cifar10: { name: 'cifar10', classes: 10, size: 32, valSplit: 'test', ...cifarChannels },
  /** CIFAR-100: 50,000 training images of 32×32 pixels, 100 classes. */
  cifar100: { name: 'cifar100', classes: 100, size: 32, valSplit: 'test', ...cifarChannels },
  /** MNIST: 60,000 grey training images of 28×28 pixels, ten handwritten digits. */
  mnist: { name: 'mnist', classes: 10, size: 28, valSplit: 'test', ...grey(0.1307, 0.3081) },
  /** Fashion-MNIST: 60,000 grey training images of 28×28 pixels, ten kinds of clothes. */
  fashionMnist: { name: 'fashion-mnist', classes: 10, size: 28, valSplit: 'test', ...grey(0.286, 0.353) },
  /** scikit-learn's handwritten digits: 1,797 images of 8×8 pixels; they come with the training library. */
  digits: {
    name: 'digits',
    layout: 'digits',
    classes: 10,
    size: 16,
    ...grey(0.3, 0.38),
  },
} as const satisfies Record<string, AuthoredDataset>;
