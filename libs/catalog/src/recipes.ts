import type { AuthoredDataset } from './datasets.ts';
import { datasets } from './datasets.ts';
import type { RunConfig } from './generated/run-config.ts';

/** The fields of a run config that a recipe sets: any part of them, dataset and all. */
export type RecipeValues = {
  readonly [
    K in keyof Omit<RunConfig, 'dataset' | 'mixMode' | 'backbone' | 'schemaVersion'>
  ]?: RunConfig[K] extends object ? Partial<RunConfig[K]> : RunConfig[K];
} & { readonly dataset?: AuthoredDataset };

/** A training setting without method and backbone. */
export interface Recipe {
  readonly name: string;
  /** Where its numbers are from. */
  readonly source: string;
  readonly values: RecipeValues;
}

const pytorch: Recipe = {
  name: 'pytorch',
  source: 'OpenMixup, imagenet/mixups/basic/r50_mixups_CE_none_4xb64.py',
  values: {
    dataset: datasets.imagenet,
    batchSize: 256,
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine', interval: 'epoch', minLr: 0 },
    inputs: { crop: 'random-resized', flip: 0.5, testCropRatio: 0.875, interpolation: 'bicubic' },
    loss: { name: 'ce' },
  },
};

const tinyImagenet: Recipe = {
  name: 'tiny-imagenet',
  source: 'OpenMixup, tiny_imagenet/mixups/basic/r18_mixups_CE_none.py',
  values: {
    dataset: datasets.tinyImagenet,
    batchSize: 100,
    model: { stem: 'cifar' },
    optimizer: { name: 'sgd', lr: 0.2, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine', interval: 'epoch', minLr: 0 },
    inputs: { crop: 'random-resized', flip: 0.5, testCropRatio: 1, interpolation: 'bicubic' },
    loss: { name: 'ce' },
  },
};

const cifar: Recipe = {
  name: 'cifar',
  source: 'OpenMixup, cifar10/mixups/basic/r18_mixups_CE_none.py',
  values: {
    dataset: datasets.cifar10,
    batchSize: 100,
    model: { stem: 'cifar' },
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine', interval: 'epoch', minLr: 0 },
    inputs: { crop: 'pad', padding: 4, flip: 0.5, testCropRatio: 1 },
    loss: { name: 'ce' },
  },
};

const quickstart: Recipe = {
  name: 'quickstart',
  source: 'Ours: digits on a CPU in seconds',
  values: {
    dataset: datasets.digits,
    maxEpochs: 8,
    batchSize: 64,
    model: { stem: 'cifar' },
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
    schedule: { name: 'cosine', interval: 'step', minLr: 0, warmupEpochs: 1 },
    inputs: { crop: 'pad', padding: 2, flip: 0, testCropRatio: 1, interpolation: 'bilinear' },
    loss: { name: 'ce' },
    runtime: { workers: 0, logEvery: 10 },
  },
};

/** Training settings of the benchmark. */
export const recipes = { pytorch, tinyImagenet, cifar, quickstart } as const;
