import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import { increasingPolicies } from './policies.ts';
import type { Refusals } from './refusals.ts';

const OWN_RAND_AUGMENT = /^rand-m(\d+)(?:-n(\d+))?-mstd([\d.]+)-inc1$/;

// Numbers by which Pillow knows ways of resizing.
const interpolationNumber = { bilinear: 2, bicubic: 3 } as const;

interface TrainPipeline {
  readonly steps: readonly JsonObject[];
  /** Whether the loader makes tensors of the images, and normalises them on the GPU. */
  readonly prefetch: boolean;
}

/** What happens to a training image. */
export function trainPipeline(config: RunConfig, strict: boolean, refusals: Refusals): TrainPipeline {
  const { inputs, dataset } = config;
  const own = inputs.randAugment === null ? undefined : OWN_RAND_AUGMENT.exec(inputs.randAugment);
  const erases = inputs.erase > 0;
  const usesTimm = strict ? /^deit_(small|base)/.test(config.backbone) : erases;
  if (usesTimm || (inputs.randAugment !== null && !own)) return timmPipeline(config, refusals);
  const steps = [...crop(config, refusals), ...flip(inputs.flip)];
  if (own) steps.push(randAugment(own));
  if (inputs.colorJitter > 0) {
    const { colorJitter: by } = inputs;
    steps.push({ type: 'ColorJitter', brightness: by, contrast: by, saturation: by });
  }
  if (erases) steps.push(erasing(config));
  // Of all base configs with such a pipeline, MogaNet's alone does not leave this to the loader.
  const prefetch = !(strict && config.backbone.startsWith('moganet'));
  if (prefetch) return { steps, prefetch };
  return { steps: [...steps, ...toTensor(dataset)], prefetch };
}

/** What happens to a test image. */
export function testPipeline({ inputs, dataset }: RunConfig, isOneSize: boolean): JsonObject[] {
  const size = inputs.testSize ?? dataset.size;
  const resized = Math.round(size / inputs.testCropRatio);
  const isWhole = isOneSize && resized === dataset.size;
  const interpolation = interpolationNumber[inputs.interpolation];
  const crop: JsonObject[] = isWhole
    ? []
    : [
        { type: 'Resize', size: resized, interpolation },
        { type: 'CenterCrop', size },
      ];
  return [...crop, ...toTensor(dataset)];
}

function toTensor({ mean, std }: RunConfig['dataset']): JsonObject[] {
  return [{ type: 'ToTensor' }, { type: 'Normalize', mean, std }];
}

function crop({ inputs, dataset }: RunConfig, refusals: Refusals): JsonObject[] {
  const size = inputs.trainSize ?? dataset.size;
  switch (inputs.crop) {
    case 'random-resized': {
      const [least, most] = inputs.cropArea;
      return [
        {
          type: 'RandomResizedCrop',
          size,
          ...(least === 0.08 && most === 1 ? {} : { scale: inputs.cropArea }),
          ...(hasUsualAspect(inputs) ? {} : { ratio: inputs.cropAspect }),
          interpolation: interpolationNumber[inputs.interpolation],
        },
      ];
    }
    case 'pad': {
      const mode = inputs.paddingMode === 'reflect' ? { padding_mode: 'reflect' } : {};
      return [{ type: 'RandomCrop', size, padding: inputs.padding, ...mode }];
    }
    case 'none':
      refusals.when(size !== dataset.size, 'images are cropped to another size there');
      return [];
  }
}

function hasUsualAspect({ cropAspect: [least, most] }: RunConfig['inputs']): boolean {
  return least === 0.75 && most > 1.333 && most < 1.3334;
}

function flip(probability: number): JsonObject[] {
  if (probability === 0) return [];
  return [{ type: 'RandomHorizontalFlip', ...(probability === 0.5 ? {} : { p: probability }) }];
}

function randAugment([, magnitude, operations, deviation]: RegExpExecArray): JsonObject {
  return {
    type: 'RandAugment',
    policies: increasingPolicies,
    num_policies: Number(operations ?? 2),
    total_level: 10,
    magnitude_level: Number(magnitude),
    magnitude_std: Number(deviation),
    hparams: { pad_val: [104, 116, 124], interpolation: 'bicubic' },
  };
}

/** Random Erasing before normalisation, as some of OpenMixup's base configs have it. */
function erasing({ inputs, backbone }: RunConfig): JsonObject {
  return {
    type: 'RandomErasing_numpy',
    erase_prob: inputs.erase,
    mode: 'rand',
    min_area_ratio: 0.02,
    max_area_ratio: 1 / 3,
    fill_color: [104, 116, 124],
    fill_std: backbone.startsWith('moganet') ? [58, 57, 57] : [58, 57, 58],
  };
}

/** timm's own pipeline: crop, flip, RandAugment, normalisation, Random Erasing. */
function timmPipeline({ inputs, dataset }: RunConfig, refusals: Refusals): TrainPipeline {
  const [least, most] = inputs.cropArea;
  const isUsual =
    inputs.crop === 'random-resized' &&
    least === 0.08 &&
    most === 1 &&
    hasUsualAspect(inputs) &&
    inputs.flip === 0.5;
  refusals.when(!isUsual, 'RandAugment and Random Erasing come with timm’s own crop and flip');
  refusals.when(
    inputs.randAugment !== null && inputs.colorJitter > 0,
    'colour jitter is left out beside RandAugment',
  );
  const [smallest, largest] = inputs.eraseArea;
  refusals.when(smallest !== 0.02 || Math.abs(largest - 1 / 3) > 1e-6, 'eraseArea is 0.02 to 1/3');
  return {
    prefetch: false,
    steps: [
      {
        type: 'RandAugment_timm',
        input_size: inputs.trainSize ?? dataset.size,
        // timm leaves it out where there is RandAugment; OpenMixup's base configs name it.
        color_jitter: inputs.randAugment === null ? inputs.colorJitter : 0.4,
        auto_augment: inputs.randAugment,
        interpolation: inputs.interpolation,
        re_prob: inputs.erase,
        re_mode: inputs.eraseMode,
        re_count: inputs.eraseCount,
        mean: dataset.mean,
        std: dataset.std,
      },
    ],
  };
}
