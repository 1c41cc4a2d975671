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
  /** Where its numbers are from: a file below OpenMixup's `configs/classification`, or words. */
  readonly source: string;
  readonly values: RecipeValues;
}

/** A recipe of the name `N`, which an editor knows where recipes vary. */
export interface NamedRecipe<N extends string> extends Recipe {
  readonly name: N;
}

// Sources are at OpenMixup's commit 37e1372.

/** A crop of random area and aspect, mirrored half the time; a test crop of `ratio` of the image's side. */
function cropped(ratio: number) {
  return { crop: 'random-resized', flip: 0.5, testCropRatio: ratio, interpolation: 'bicubic' } as const;
}

const pytorch: NamedRecipe<'pytorch'> = {
  name: 'pytorch',
  source: 'OpenMixup, imagenet/mixups/basic/r50_mixups_CE_none_4xb64.py',
  values: {
    dataset: datasets.imagenet,
    batchSize: 256,
    optimizer: { name: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine', interval: 'epoch', minLr: 0 },
    inputs: cropped(0.875),
    loss: { name: 'ce' },
    runtime: { gpuBatchSize: 64 },
  },
};

const rsb = {
  dataset: datasets.imagenet,
  batchSize: 2048,
  optimizer: { name: 'lamb', lr: 8e-3, eps: 1e-6, weightDecay: 0.02, decayNormAndBias: false },
  schedule: { name: 'cosine', interval: 'epoch', minLr: 1e-6, warmupEpochs: 5, warmupFactor: 1e-5 },
  loss: { name: 'bce', bceReduction: 'sum' },
  precision: 'fp16',
} as const satisfies RecipeValues;

const rsbA3: NamedRecipe<'rsb-a3'> = {
  name: 'rsb-a3',
  source: 'OpenMixup, imagenet/mixups/rsb_a3/r50_rsb_a3_CE_sigm_mix0_1_cut1_0_4xb512_fp16.py',
  values: {
    ...rsb,
    maxEpochs: 100,
    model: { syncBatchNorm: true },
    inputs: { ...cropped(224 / 236), trainSize: 160, testSize: 224, randAugment: 'rand-m6-n2-mstd0.5-inc1' },
    runtime: { gpuBatchSize: 512 },
  },
};

const rsbA2: NamedRecipe<'rsb-a2'> = {
  name: 'rsb-a2',
  source: 'OpenMixup, imagenet/mixups/rsb_a2/r50_rsb_a2_CE_sigm_mix0_1_cut1_0_4xb256_accu2_fp16.py',
  values: {
    ...rsb,
    maxEpochs: 300,
    model: { syncBatchNorm: true, dropPath: 0.05 },
    optimizer: { ...rsb.optimizer, lr: 5e-3 },
    inputs: { ...cropped(224 / 236), randAugment: 'rand-m7-n2-mstd0.5-inc1', repeats: 3 },
    runtime: { gpuBatchSize: 256 },
  },
};

const adamw = { name: 'adamw', betas: [0.9, 0.999], eps: 1e-8, decayNormAndBias: false } as const;

// What all transformers, and networks trained like them, have in common.
const transformer = {
  dataset: datasets.imagenet,
  maxEpochs: 300,
  batchSize: 1024,
  optimizer: { ...adamw, lr: 1e-3, weightDecay: 0.05, clipNorm: 5 },
  schedule: { name: 'cosine', interval: 'step', minLr: 1e-5, warmupEpochs: 5, warmupFactor: 1e-5 },
  inputs: { ...cropped(0.875), randAugment: 'rand-m9-mstd0.5-inc1', erase: 0.25 },
  loss: { name: 'ce', labelSmoothing: 0.1 },
  precision: 'fp16',
} as const satisfies RecipeValues;

const deitTiny: NamedRecipe<'deit-tiny'> = {
  name: 'deit-tiny',
  source: 'OpenMixup, imagenet/mixups/deit/deit_tiny_smooth_mix_4xb256.py',
  values: { ...transformer, runtime: { gpuBatchSize: 256 } },
};

const deitSmall: NamedRecipe<'deit-small'> = {
  name: 'deit-small',
  source: 'OpenMixup, imagenet/mixups/deit/deit_small_smooth_mix_8xb128.py',
  values: { ...transformer, precision: 'fp32', runtime: { gpuBatchSize: 128 } },
};

const deitBase: NamedRecipe<'deit-base'> = {
  name: 'deit-base',
  source: 'OpenMixup, imagenet/mixups/deit/deit_base_smooth_mix_8xb128.py',
  values: {
    ...transformer,
    model: { dropPath: 0.1 },
    inputs: { ...transformer.inputs, repeats: 3 },
    ema: { decay: 0.99996, warmupEpochs: 20, warmupFactor: 0.9 },
    runtime: { gpuBatchSize: 128 },
  },
};

const swin: NamedRecipe<'swin'> = {
  name: 'swin',
  source: 'OpenMixup, imagenet/mixups/swin/swin_tiny_smooth_mix_4xb256_fp16.py',
  values: {
    ...transformer,
    model: { dropPath: 0.2 },
    schedule: { ...transformer.schedule, warmupEpochs: 20, warmupFactor: 1e-6 },
    runtime: { gpuBatchSize: 128 },
  },
};

const convnext: NamedRecipe<'convnext'> = {
  name: 'convnext',
  source: 'OpenMixup, imagenet/mixups/convnext/convnext_tiny_smooth_mix_8xb256_accu2_ema_fp16.py',
  values: {
    ...transformer,
    batchSize: 4096,
    model: { dropPath: 0.1 },
    optimizer: { ...adamw, lr: 4e-3, weightDecay: 0.05 },
    schedule: { ...transformer.schedule, minLr: 1e-6, warmupEpochs: 20, warmupFactor: 1e-6 },
    ema: { decay: 0.9999, warmupEpochs: 20, warmupFactor: 0.9 },
    runtime: { gpuBatchSize: 256 },
  },
};

const pvt: NamedRecipe<'pvt'> = {
  name: 'pvt',
  source: 'OpenMixup, imagenet/mixups/pvt/pvt_tiny_smooth_mix_4xb256.py',
  values: {
    ...transformer,
    model: { dropPath: 0.1 },
    optimizer: { ...adamw, lr: 1e-3, weightDecay: 0.05 },
    schedule: { ...transformer.schedule, warmupFactor: 1e-6 },
    inputs: { ...transformer.inputs, repeats: 3 },
    runtime: { gpuBatchSize: 256 },
  },
};

const moganet: NamedRecipe<'moganet'> = {
  name: 'moganet',
  source: 'OpenMixup, imagenet/mixups/moganet/moganet_tiny_smooth_mix_4xb256.py',
  values: {
    ...transformer,
    model: { dropPath: 0.1 },
    optimizer: { ...adamw, lr: 1e-3, weightDecay: 0.04 },
    schedule: { ...transformer.schedule, minLr: 1e-6, warmupFactor: 1e-6 },
    inputs: { ...cropped(224 / 248), randAugment: 'rand-m7-n2-mstd0.5-inc1', erase: 0.25 },
    runtime: { gpuBatchSize: 256 },
  },
};

const tinyImagenet: NamedRecipe<'tiny-imagenet'> = {
  name: 'tiny-imagenet',
  source: 'OpenMixup, tiny_imagenet/mixups/basic/r18_mixups_CE_none.py',
  values: {
    dataset: datasets.tinyImagenet,
    batchSize: 100,
    model: { stem: 'cifar' },
    optimizer: { name: 'sgd', lr: 0.2, momentum: 0.9, weightDecay: 1e-4 },
    schedule: { name: 'cosine', interval: 'epoch', minLr: 0 },
    inputs: cropped(1),
    loss: { name: 'ce' },
  },
};

const cifar: NamedRecipe<'cifar'> = {
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

const cifarVit: NamedRecipe<'cifar-vit'> = {
  name: 'cifar-vit',
  source: 'OpenMixup, cifar100/mixups/vits/deit_s_mixups_sz224_bs100.py',
  values: {
    dataset: datasets.cifar100,
    batchSize: 100,
    model: { dropPath: 0.1 },
    optimizer: { ...adamw, lr: 1e-3, weightDecay: 0.05, clipNorm: 5 },
    schedule: { name: 'cosine', interval: 'step', minLr: 1e-6, warmupEpochs: 20, warmupFactor: 1e-5 },
    inputs: {
      ...cropped(1),
      cropArea: [0.8, 1],
      trainSize: 224,
      testSize: 224,
      randAugment: 'rand-m9-n2-mstd0.5',
      erase: 0.25,
    },
    loss: { name: 'ce', labelSmoothing: 0.1 },
  },
};

const quickstart: NamedRecipe<'quickstart'> = {
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
export const recipes = {
  /** ImageNet-1k as in the PyTorch examples: SGD, learning rate 0.1 for 256 images, cosine; for ResNets and ResNeXts. */
  pytorch,
  /** ResNet strikes back, A3: LAMB, binary cross-entropy, 100 epochs of 160 pixels, tested at 224. */
  rsbA3,
  /** ResNet strikes back, A2: LAMB, binary cross-entropy, 300 epochs of 224 pixels, repeated augmentation. */
  rsbA2,
  /** DeiT-Ti on ImageNet-1k: AdamW, 300 epochs. */
  deitTiny,
  /** DeiT-S on ImageNet-1k: AdamW, 300 epochs, in single precision. */
  deitSmall,
  /** DeiT-B on ImageNet-1k: AdamW, 300 epochs, drop path, repeated augmentation, averaged weights. */
  deitBase,
  /** Swin-T on ImageNet-1k: AdamW, 300 epochs, 20 of warm-up, drop path 0.2. */
  swin,
  /** ConvNeXt-T on ImageNet-1k: AdamW, 4096 images a step, 300 epochs, averaged weights. */
  convnext,
  /** PVT-T on ImageNet-1k: AdamW, 300 epochs, no clipping, repeated augmentation. */
  pvt,
  /** MogaNet-T on ImageNet-1k: AdamW, 300 epochs, milder RandAugment. */
  moganet,
  /** Tiny-ImageNet: SGD, learning rate 0.2 for 100 images, stems for small images. */
  tinyImagenet,
  /** CIFAR-10, or CIFAR-100 with `dataset: datasets.cifar100`: SGD, learning rate 0.1 for 100 images, stems for small images. */
  cifar,
  /** CIFAR-100 of 224 pixels for transformers: AdamW, RandAugment, erasing. */
  cifarVit,
  /** scikit-learn's digits in seconds on a CPU: SGD, 8 epochs. */
  quickstart,
} as const;
