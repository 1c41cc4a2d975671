import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import type { Backbone } from './backbones.ts';

/** The head of a network, with its loss. `softLabels`: it compares with mixed labels instead of mixing two losses. */
export function head(config: RunConfig, backbone: Backbone, softLabels: boolean): JsonObject {
  const { loss, dataset } = config;
  const size = { in_channels: backbone.channels, num_classes: dataset.classes };
  if (backbone.family === 'vit' || backbone.family === 'pvt') {
    // Its loss of two labels is a mean over the batch, which one weight for each image has to be inside of.
    const multiLabel = softLabels || loss.name === 'bce' ? { multi_label: true } : {};
    return { type: 'VisionTransformerClsHead', loss: criterion(config, softLabels), ...multiLabel, ...size };
  }
  const pool = { with_avg_pool: backbone.family !== 'convnext' };
  if (loss.name === 'ce' && loss.labelSmoothing > 0) {
    const multiLabel = softLabels ? { multi_label: true } : {};
    const initial =
      backbone.family === 'swin'
        ? { init_cfg: [{ type: 'TruncNormal', layer: 'Linear', std: 0.02, bias: 0 }] }
        : {};
    return {
      type: 'ClsMixupHead',
      loss: criterion(config, softLabels),
      ...pool,
      ...multiLabel,
      ...size,
      ...initial,
    };
  }
  if (loss.name === 'ce' && !softLabels) {
    return { type: 'ClsHead', loss: criterion(config, false), ...pool, multi_label: false, ...size };
  }
  return {
    type: 'ClsMixupHead',
    loss: criterion(config, softLabels),
    ...pool,
    multi_label: true,
    two_hot: false,
    ...size,
  };
}

function criterion({ loss, dataset }: RunConfig, softLabels: boolean): JsonObject {
  if (loss.name === 'bce') {
    // OpenMixup sums over classes.
    const weight = loss.bceReduction === 'sum' ? 1 : 1 / dataset.classes;
    return { type: 'CrossEntropyLoss', use_soft: false, use_sigmoid: true, loss_weight: weight };
  }
  if (loss.labelSmoothing > 0) {
    return {
      type: 'LabelSmoothLoss',
      label_smooth_val: loss.labelSmoothing,
      num_classes: dataset.classes,
      mode: 'original',
      loss_weight: 1,
    };
  }
  if (softLabels) return { type: 'CrossEntropyLoss', use_soft: true, use_sigmoid: false, loss_weight: 1 };
  return { type: 'CrossEntropyLoss', loss_weight: 1 };
}
