import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject, JsonValue } from '@mixlab/contracts';
import type { Backbone, Role } from './backbones.ts';

const initialLinear = { type: 'TruncNormal', layer: 'Linear', std: 0.02 } as const;
const initialNorm = { type: 'Constant', layer: 'LayerNorm', val: 1, bias: 0 } as const;

/** `model.backbone`: what is built. */
export function backboneSettings(
  config: RunConfig,
  backbone: Backbone,
  role: Role,
  readsAttention: boolean,
): JsonObject {
  const { settings, mixBlock } = backbone;
  const type = role === 'features' ? featureMixing(settings['type']) : settings['type'];
  return {
    ...settings,
    type: type as JsonValue,
    ...familySettings(config, backbone),
    ...layers(backbone, role === 'block' ? mixBlock?.layers : undefined),
    ...(readsAttention ? { return_attn: true } : {}),
  };
}

/** ResNets have classes of their own for it already. */
function featureMixing(type: JsonValue | undefined): JsonValue | undefined {
  return type === 'ConvNeXt' || type === 'MogaNet' ? `${type}_Mix` : type;
}

/** The layers that the network gives; a transformer gives its last one unless asked for others. */
function layers({ family }: Backbone, block: readonly number[] | undefined): JsonObject {
  if (block) return { out_indices: block };
  switch (family) {
    case 'vit':
    case 'moganet':
      return {};
    case 'wide-resnet':
      return { out_indices: [2] };
    case 'efficientnet':
      return { out_indices: [6] };
    case 'mobilenet':
      return { out_indices: [7] };
    default:
      return { out_indices: [3] };
  }
}

function familySettings({ model, dataset, inputs }: RunConfig, { family }: Backbone): JsonObject {
  const size = inputs.trainSize ?? dataset.size;
  const dropPath = { drop_path_rate: model.dropPath };
  const norm = model.syncBatchNorm ? 'SyncBN' : 'BN';
  switch (family) {
    case 'resnet':
      return {
        ...(model.syncBatchNorm ? { norm_cfg: { type: norm } } : {}),
        ...(model.dropPath > 0 ? dropPath : {}),
      };
    case 'wide-resnet':
      return {};
    case 'vit':
      return { img_size: size, patch_size: 16, ...(model.dropPath > 0 ? dropPath : {}) };
    case 'pvt':
      return { img_size: size, in_channels: 3, ...dropPath };
    case 'swin':
      return {
        img_size: size,
        ...dropPath,
        init_cfg: [{ ...initialLinear, layer: ['Linear'], bias: 0 }, initialNorm],
      };
    case 'convnext':
      return {
        norm_cfg: { type: 'LN2d', eps: 1e-6 },
        act_cfg: { type: 'GELU' },
        ...dropPath,
        gap_before_final_norm: true,
      };
    case 'moganet':
      return {
        init_value: 1e-5,
        ...dropPath,
        stem_norm_cfg: { type: 'BN', eps: 1e-5 },
        conv_norm_cfg: { type: 'BN', eps: 1e-5 },
        attn_force_fp32: true,
      };
    case 'efficientnet':
      return { norm_cfg: { type: norm, eps: 1e-3 }, ...(model.dropPath > 0 ? dropPath : {}) };
    case 'mobilenet':
      return { norm_cfg: { type: norm } };
  }
}

/** `model.init_cfg`: how the whole model begins, where not each part sees to it. */
export function initialWeights({ family, settings }: Backbone): JsonObject {
  switch (family) {
    case 'vit':
      return settings['arch'] === 'deit-tiny' ? { init_cfg: [initialLinear, initialNorm] } : {};
    case 'pvt':
      return { init_cfg: [initialLinear, initialNorm] };
    case 'moganet':
      return {
        init_cfg: [
          { ...initialLinear, layer: ['Conv2d', 'Linear'], bias: 0 },
          { ...initialNorm, layer: ['BatchNorm', 'LayerNorm'] },
        ],
      };
    default:
      return {};
  }
}

/** Parameters without weight decay, by regular expressions over their names, where the recipe spares any. */
export function undecayed({ family }: Backbone): JsonObject {
  const none = { weight_decay: 0 };
  const names: Readonly<Record<string, readonly string[]>> = {
    vit: ['(bn|ln|gn)(\\d+)?.(weight|bias)', 'norm', 'bias', 'cls_token', 'pos_embed'],
    pvt: ['norm', 'bias', 'cls_token', 'pos_embed'],
    swin: ['norm', 'bias', 'absolute_pos_embed', 'relative_position_bias_table'],
    convnext: ['(bn|ln|gn)(\\d+)?.(weight|bias)', 'norm', 'bias', 'gamma'],
    moganet: ['(bn|ln|gn)(\\d+)?.(weight|bias)', 'norm', 'bias', 'layer_scale', 'scale'],
  };
  const patterns = names[family] ?? ['(bn|gn)(\\d+)?.(weight|bias)', 'bias'];
  return Object.fromEntries(patterns.map((pattern) => [pattern, none]));
}
