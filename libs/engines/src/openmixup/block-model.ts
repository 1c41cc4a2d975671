import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import { type Backbone, findBackbone } from './backbones.ts';
import { head } from './heads.ts';
import { backboneSettings, initialWeights } from './network.ts';
import type { Refusals } from './refusals.ts';

/** The methods whose mixing is a network that is trained along. */
export type BlockMethod = Extract<RunConfig['mixMode'], { name: 'automix' | 'samix' }>;

/** The method of a run if it is one of those. */
export function blockMethod({ mixMode }: RunConfig): BlockMethod | undefined {
  return mixMode.name === 'automix' || mixMode.name === 'samix' ? mixMode : undefined;
}

/** `model` of AutoMix or SAMix, and the network that it trains. */
export function blockModel(
  config: RunConfig,
  method: BlockMethod,
  refusals: Refusals,
): { readonly model: JsonObject; readonly backbone: Backbone } | undefined {
  const backbone = findBackbone(config, 'block', refusals);
  if (!backbone?.mixBlock) return undefined;
  refusals.when(method.switchOffDecay, `${method.name} has a switchOff that stays`);
  const { layers, channels } = backbone.mixBlock;
  const isSmall = config.dataset.size <= 64;
  const ownLabels = head(config, backbone, false);
  const mixedLabels = {
    ...ownLabels,
    type: ownLabels['type'] === 'ClsHead' ? 'ClsMixupHead' : ownLabels['type']!,
  };
  const soft =
    method.name === 'samix' && config.loss.name === 'ce' && config.loss.labelSmoothing === 0
      ? { head_mix_k: { ...head(config, backbone, true), neg_weight: isSmall ? 0.5 : 1 } }
      : {};
  return {
    backbone,
    model: {
      type: 'AutoMixup',
      pretrained: null,
      alpha: method.alpha,
      momentum: method.momentum,
      mask_layer: layers[0] === 1 ? 1 : 2,
      mask_loss: method.maskLoss,
      mask_adjust: 0,
      lam_margin: method.lamMargin,
      ...(method.switchOff > 0 ? { switch_off: method.switchOff } : {}),
      mask_up_override: null,
      debug: true,
      backbone: backboneSettings(config, backbone, 'block', false),
      mix_block: mixBlock(method, channels, config),
      head_one: ownLabels,
      head_mix: mixedLabels,
      ...soft,
      head_weights: {
        ...(method.switchOff > 0 ? { decent_weight: [], accent_weight: [] } : {}),
        head_mix_q: 1,
        head_one_q: 1,
        head_mix_k: 1,
        head_one_k: 1,
      },
      ...initialWeights(backbone),
    },
  };
}

function mixBlock(method: BlockMethod, channels: number, { dataset }: RunConfig): JsonObject {
  const isSamix = method.name === 'samix';
  return {
    type: 'PixelMixBlock',
    in_channels: channels,
    reduction: 2,
    use_scale: true,
    unsampling_mode: [isSamix ? 'bilinear' : 'nearest'],
    lam_concat: isSamix ? false : method.lamConcat,
    lam_concat_v: false,
    lam_mul: isSamix,
    lam_residual: isSamix,
    lam_mul_k: isSamix && dataset.size === 32 ? 0.25 : -1,
    value_neck_cfg: isSamix
      ? {
          type: 'ConvNeck',
          in_channels: channels,
          hid_channels: channels / 2,
          out_channels: 1,
          num_layers: 2,
          kernel_size: 1,
          with_last_norm: false,
          norm_cfg: { type: 'BN' },
          with_last_dropout: method.dropout,
          with_avg_pool: false,
          with_residual: false,
        }
      : null,
    x_qk_concat: isSamix,
    x_v_concat: false,
    mask_loss_mode: isSamix ? 'L1+Variance' : 'L1',
    mask_loss_margin: method.maskMargin,
    frozen: false,
  };
}

/** Hooks that change the moving average and the masks' weight in the course of a training. */
export function blockHooks(method: BlockMethod, updateInterval: number): JsonObject[] {
  const fading: JsonObject[] = method.maskLossDecay
    ? [
        {
          type: 'CustomCosineAnnealingHook',
          attr_name: 'mask_loss',
          attr_base: method.maskLoss,
          by_epoch: false,
          min_attr: 0,
          ...(updateInterval > 1 ? { update_interval: updateInterval } : {}),
        },
      ]
    : [];
  return [
    ...fading,
    {
      type: 'CosineScheduleHook',
      end_momentum: method.finalMomentum,
      adjust_scope: [method.momentumStart, 1],
      warming_up: 'constant',
      update_interval: updateInterval,
    },
  ];
}

/** `addtional_scheduler` (OpenMixup spells it so): the block's own learning rate. */
export function blockSchedule({ schedule }: RunConfig, method: BlockMethod, strict: boolean): JsonObject {
  if (method.blockLr === null) return {};
  const warmUp =
    schedule.warmupEpochs > 0
      ? {
          // Without it, as in OpenMixup's configs, the other two do nothing.
          ...(strict ? {} : { warmup: 'linear' }),
          warmup_iters: schedule.warmupEpochs,
          warmup_by_epoch: true,
          warmup_ratio: schedule.warmupFactor,
        }
      : {};
  return {
    addtional_scheduler: {
      policy: 'CosineAnnealing',
      ...(schedule.interval === 'step' ? { by_epoch: false } : {}),
      min_lr: method.blockMinLr,
      paramwise_options: ['mix_block'],
      ...warmUp,
    },
  };
}
