import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import type { Refusals } from './refusals.ts';

/** Which networks take the same settings. */
export type Family =
  'resnet' | 'wide-resnet' | 'vit' | 'pvt' | 'swin' | 'convnext' | 'moganet' | 'efficientnet' | 'mobilenet';

/** A network of OpenMixup. */
export interface Backbone {
  readonly family: Family;
  /** Channels that the head takes. */
  readonly channels: number;
  /** Its class and what tells it from others of the class. */
  readonly settings: JsonObject;
  /** Where AutoMix looks, as its layers and the channels of the first; absent where OpenMixup has no settings for it. */
  readonly mixBlock?: { readonly layers: readonly [number, number]; readonly channels: number };
}

/** What a method asks of the network: nothing, that features are mixed inside, or features for a mixing block. */
export type Role = 'inputs' | 'features' | 'block';

/** A ResNet or ResNeXt with `classes` as the names of its class: for ImageNet and for CIFAR, mixing features and not. */
interface ResNetClasses {
  readonly plain: string;
  readonly mixing: string;
  readonly plainCifar: string;
  readonly mixingCifar: string;
}

const resnet: ResNetClasses = {
  plain: 'ResNet',
  mixing: 'ResNet_Mix',
  plainCifar: 'ResNet_CIFAR',
  mixingCifar: 'ResNet_Mix_CIFAR',
};
const resnext: ResNetClasses = {
  plain: 'ResNeXt',
  mixing: 'ResNeXt_Mix',
  plainCifar: 'ResNeXt_CIFAR',
  mixingCifar: 'ResNeXt_CIFAR_Mix',
};

const RESNET = /^(resnet)(18|34|50|101|152)$|^(resnext)(50|101|152)_(\d+)x(\d+)d$/;
const WIDE_RESNET = /^wrn(\d+)_(\d+)$/;
const VIT = /^deit_(tiny|small|base)_patch16_(\d+)$/;

const vitChannels = { tiny: 192, small: 384, base: 768 } as const;
const pvtBlock = { layers: [2, 3], channels: 320 } as const;

/** Networks of one size each, by their timm names. */
const others: Readonly<Record<string, Backbone>> = {
  pvt_tiny: pvt('tiny'),
  pvt_small: pvt('small'),
  swin_tiny_patch4_window7_224: {
    family: 'swin',
    channels: 768,
    settings: { type: 'SwinTransformer', arch: 'tiny' },
    // OpenMixup's config of AutoMix with it stops: its third stage ends with the step down to the size of the fourth.
  },
  convnext_tiny: {
    family: 'convnext',
    channels: 768,
    settings: { type: 'ConvNeXt', arch: 'tiny' },
    mixBlock: { layers: [2, 3], channels: 384 },
  },
  moganet_tiny: { family: 'moganet', channels: 256, settings: { type: 'MogaNet', arch: 'tiny' } },
  efficientnet_b0: { family: 'efficientnet', channels: 1280, settings: { type: 'EfficientNet', arch: 'b0' } },
  mobilenetv2_100: {
    family: 'mobilenet',
    channels: 1280,
    settings: { type: 'MobileNetV2', widen_factor: 1 },
  },
};

function pvt(arch: string): Backbone {
  return {
    family: 'pvt',
    channels: 512,
    settings: { type: 'PyramidVisionTransformer', arch },
    mixBlock: pvtBlock,
  };
}

/** OpenMixup's network for a run's backbone; undefined where it has none. */
export function findBackbone(config: RunConfig, role: Role, refusals: Refusals): Backbone | undefined {
  const { backbone: name, model } = config;
  const found = resnetOf(name, config, role) ?? wideResnetOf(name, role) ?? vitOf(name);
  const backbone = found ?? others[name];
  if (!backbone) {
    refusals.add(`no network ${name}`);
    return undefined;
  }
  const { family } = backbone;
  refusals.when(model.pretrained !== null, 'pretrained weights are loaded otherwise there');
  refusals.when(
    model.stem !== 'imagenet' && family !== 'wide-resnet' && (family !== 'resnet' || model.stem !== 'cifar'),
    `no stem ${model.stem} of ${name}`,
  );
  refusals.when(
    role === 'features' && !['resnet', 'wide-resnet', 'convnext', 'moganet'].includes(family),
    `no mixing of features in ${name}`,
  );
  refusals.when(model.dropPath > 0 && family === 'wide-resnet', `no drop path in ${name}`);
  refusals.when(role === 'block' && !backbone.mixBlock, `no mixing block for ${name}`);
  refusals.when(
    model.syncBatchNorm && !['resnet', 'efficientnet', 'mobilenet'].includes(family),
    `no synchronised batch norm in ${name}`,
  );
  return backbone;
}

function resnetOf(name: string, { model }: RunConfig, role: Role): Backbone | undefined {
  const match = RESNET.exec(name);
  if (!match) return undefined;
  const depth = Number(match[2] ?? match[4]);
  const classes = match[1] ? resnet : resnext;
  // OpenMixup's base configs name the class that can mix features for every method, save where paths are dropped.
  const mixing = role === 'features' || (role === 'inputs' && model.dropPath === 0);
  const cifar = model.stem === 'cifar';
  const type = mixing ? classes[cifar ? 'mixingCifar' : 'mixing'] : classes[cifar ? 'plainCifar' : 'plain'];
  const width = depth > 34 ? 4 : 1;
  const groups: JsonObject = match[1]
    ? { num_stages: 4 }
    : { groups: Number(match[5]), width_per_group: Number(match[6]) };
  return {
    family: 'resnet',
    channels: 512 * width,
    settings: { type, depth, ...groups, style: 'pytorch' },
    mixBlock: { layers: [2, 3], channels: 256 * width },
  };
}

function wideResnetOf(name: string, role: Role): Backbone | undefined {
  const match = WIDE_RESNET.exec(name);
  if (!match) return undefined;
  const widen = Number(match[2]);
  return {
    family: 'wide-resnet',
    channels: 64 * widen,
    settings: {
      type: role === 'block' ? 'WideResNet' : 'WideResNet_Mix',
      first_stride: 1,
      in_channels: 3,
      depth: Number(match[1]),
      widen_factor: widen,
      drop_rate: 0,
    },
    mixBlock: { layers: [1, 2], channels: 32 * widen },
  };
}

function vitOf(name: string): Backbone | undefined {
  const match = VIT.exec(name);
  if (!match) return undefined;
  const arch = match[1] as keyof typeof vitChannels;
  const channels = vitChannels[arch];
  return {
    family: 'vit',
    channels,
    settings: { type: 'VisionTransformer', arch: `deit-${arch}` },
    mixBlock: { layers: [5, 11], channels },
  };
}
