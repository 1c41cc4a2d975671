import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import { trainPipeline, testPipeline } from './pipelines.ts';
import type { Refusals } from './refusals.ts';

/** A dataset as OpenMixup's base configs name it. */
export interface DatasetFacts {
  /** Training images; undefined where nobody knows. */
  readonly images?: number;
  /** Whether all images have the size that is trained on. */
  readonly isOneSize: boolean;
  readonly train: JsonObject;
  readonly val: JsonObject;
  /** Images of a GPU's batch in an evaluation. */
  readonly testBatch: number;
}

const imageLists = (name: string, trainList: string): Pick<DatasetFacts, 'train' | 'val'> => ({
  train: { list_file: `data/meta/${name}/${trainList}`, root: `data/${name}/train`, type: 'ImageNet' },
  val: { list_file: `data/meta/${name}/val_labeled.txt`, root: `data/${name}/val/`, type: 'ImageNet' },
});

const cifar = (type: string): DatasetFacts => ({
  images: 50_000,
  isOneSize: true,
  train: { split: 'train', type, root: `data/${type.toLowerCase()}/` },
  val: { split: 'test', type, root: `data/${type.toLowerCase()}/` },
  testBatch: 100,
});

const tinyImagenet = imageLists('TinyImageNet', 'train_labeled.txt');

const known: Readonly<Record<string, DatasetFacts>> = {
  imagenet: {
    images: 1_281_167,
    isOneSize: false,
    ...imageLists('ImageNet', 'train_labeled_full.txt'),
    testBatch: 128,
  },
  'tiny-imagenet': {
    images: 100_000,
    isOneSize: true,
    ...tinyImagenet,
    train: { ...tinyImagenet.train, root: 'data/TinyImageNet/train/' },
    testBatch: 100,
  },
  cifar10: cifar('CIFAR10'),
  cifar100: cifar('CIFAR100'),
};

/** OpenMixup's source of a run's dataset. One that it does not know is read from lists of files below `data/<name>`. */
export function findDataset({ dataset }: RunConfig, refusals: Refusals): DatasetFacts | undefined {
  const { name, layout, trainList, valList } = dataset;
  const found = known[name];
  if (found && layout !== 'list') return found;
  if (layout === 'list' && trainList !== null && valList !== null) {
    const source = (list: string): JsonObject => ({
      list_file: `data/${name}/${list}`,
      root: `data/${name}`,
      type: 'ImageNet',
    });
    return { isOneSize: false, train: source(trainList), val: source(valList), testBatch: 128 };
  }
  refusals.add(
    `no dataset ${name}: OpenMixup reads lists of files, so give it layout "list", trainList and valList`,
  );
  return undefined;
}

/** How the images of a step are shared out. */
export interface Shares {
  /** Images that a GPU takes in one pass. */
  readonly perGpu: number;
  /** Passes of a step, whose gradients are accumulated. */
  readonly passes: number;
}

/** The shares of GPUs and passes; OpenMixup needs them equal. */
export function sharesOf({ batchSize, runtime }: RunConfig, gpus: number, refusals: Refusals): Shares {
  const perGpu = batchSize / gpus;
  const passes = Math.ceil(perGpu / (runtime.gpuBatchSize ?? perGpu));
  refusals.when(
    !Number.isInteger(perGpu / passes),
    `a batch of ${batchSize} images cannot be shared evenly by ${gpus} GPUs and ${passes} passes`,
  );
  return { perGpu: perGpu / passes, passes };
}

/** `data`, `evaluation` and what else OpenMixup reads of images. */
export function dataSettings(
  config: RunConfig,
  facts: DatasetFacts,
  shares: Shares,
  gpus: number,
  strict: boolean,
  refusals: Refusals,
): JsonObject {
  const { dataset, runtime, testBatchSize, inputs } = config;
  const { steps, prefetch } = trainPipeline(config, strict, refusals);
  const normalize = { mean: dataset.mean, std: dataset.std };
  const type = 'ClassificationDataset';
  refusals.when(inputs.repeats !== 1 && inputs.repeats !== 3, 'repeated augmentation repeats three times');
  return {
    ...(inputs.repeats > 1 ? { sampler: 'RepeatAugSampler' } : {}),
    img_norm_cfg: normalize,
    prefetch,
    data: {
      imgs_per_gpu: shares.perGpu,
      workers_per_gpu: strict ? theirWorkers(config) : runtime.workers,
      train: { type, data_source: facts.train, pipeline: steps, prefetch },
      val: { type, data_source: facts.val, pipeline: testPipeline(config, facts.isOneSize), prefetch: false },
    },
    evaluation: {
      initial: false,
      interval: runtime.evaluateEvery,
      imgs_per_gpu: testBatchSize === null ? facts.testBatch : Math.max(1, Math.floor(testBatchSize / gpus)),
      workers_per_gpu: 4,
      eval_param: { topk: [1, 5] },
    },
    checkpoint_config: {
      interval: strict && facts.isOneSize ? 10 : runtime.checkpointEvery,
      max_keep_ckpts: 1,
    },
  };
}

/** Processes that load images in OpenMixup's base configs. */
function theirWorkers({ dataset, backbone, inputs }: RunConfig): number {
  if (dataset.name !== 'imagenet') return 4;
  if (inputs.randAugment === null) return 8;
  return backbone === 'deit_tiny_patch16_224' ? 12 : 10;
}
