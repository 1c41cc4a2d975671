import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import type { Backbone } from './backbones.ts';
import type { BlockMethod } from './block-model.ts';
import { blockHooks } from './block-model.ts';
import type { DatasetFacts, Shares } from './data.ts';
import { undecayed } from './network.ts';
import type { Refusals } from './refusals.ts';

const types = { sgd: 'SGD', adamw: 'AdamW', lamb: 'LAMB' } as const;

/** `optimizer`: weight decay and the block's own rate by regular expressions over parameters' names. */
export function optimizerSettings(
  config: RunConfig,
  backbone: Backbone,
  block: BlockMethod | undefined,
  strict: boolean,
  refusals: Refusals,
): JsonObject {
  const { optimizer } = config;
  const { name, lr, weightDecay, eps } = optimizer;
  const isSgd = name === 'sgd';
  const [beta1, beta2] = optimizer.betas;
  const usualBetas = beta1 === 0.9 && beta2 === 0.999;
  refusals.when(name === 'lamb' && eps !== 1e-6, 'LAMB has an epsilon of 1e-6');
  refusals.when(name === 'lamb' && !usualBetas, 'LAMB has betas of 0.9 and 0.999');
  const options: JsonObject = {
    ...(optimizer.decayNormAndBias ? {} : undecayed(backbone)),
    ...(block ? blockOptions(block, config, backbone, strict) : {}),
  };
  return {
    type: types[name],
    lr,
    ...(isSgd ? { momentum: optimizer.momentum } : {}),
    weight_decay: weightDecay,
    ...(isSgd && optimizer.nesterov ? { nesterov: true } : {}),
    ...(name === 'adamw' ? { eps, betas: optimizer.betas } : {}),
    ...(Object.keys(options).length > 0 ? { paramwise_options: options } : {}),
  };
}

/** The mixing block's own learning rate and momentum. */
function blockOptions(
  { blockLr }: BlockMethod,
  { optimizer: { name, lr, momentum }, dataset }: RunConfig,
  { family }: Backbone,
  strict: boolean,
): JsonObject {
  if (blockLr !== null) {
    const inherits = name !== 'sgd' || (strict && dataset.name === 'tiny-imagenet');
    return { mix_block: { lr: blockLr, ...(inherits ? {} : { momentum }) } };
  }
  return strict && family === 'wide-resnet' && name === 'sgd' ? { mix_block: { lr, momentum: 0 } } : {};
}

/** `lr_config`: the learning rate over time. */
export function scheduleSettings({ schedule }: RunConfig): JsonObject {
  const warmUp =
    schedule.warmupEpochs > 0
      ? {
          warmup: 'linear',
          warmup_iters: schedule.warmupEpochs,
          warmup_by_epoch: true,
          warmup_ratio: schedule.warmupFactor,
        }
      : {};
  const byStep = schedule.interval === 'step' ? { by_epoch: false } : {};
  return schedule.name === 'cosine'
    ? { policy: 'CosineAnnealing', ...byStep, min_lr: schedule.minLr, ...warmUp }
    : { policy: 'fixed', ...byStep, ...warmUp };
}

/** `use_fp16` and `fp16`. */
export function precisionSettings(config: RunConfig, strict: boolean): JsonObject {
  const { precision, dataset, optimizer, backbone, mixMode } = config;
  // OpenMixup's convolutional recipes for ImageNet name apex, which is to be installed by hand.
  const type = strict && dataset.name === 'imagenet' && optimizer.name !== 'adamw' ? 'apex' : 'mmcv';
  const isTheirs = strict && mixMode.name === 'transmix' && backbone === 'deit_small_patch16_224';
  return { use_fp16: precision === 'fp16' || isTheirs, fp16: { loss_scale: 'dynamic', type } };
}

/** `custom_hooks`: moving averages, and with `strict` also those of OpenMixup's base configs that train nothing. */
export function hooks(
  config: RunConfig,
  facts: DatasetFacts,
  shares: Shares,
  gpus: number,
  block: BlockMethod | undefined,
  strict: boolean,
  refusals: Refusals,
): JsonObject {
  const { ema } = config;
  const list: JsonObject[] = block ? blockHooks(block, shares.passes) : [];
  const passesOfEpoch = facts.images && Math.ceil(facts.images / (shares.perGpu * gpus));
  if (ema.decay > 0) {
    refusals.when(
      ema.warmupEpochs > 0 && passesOfEpoch === undefined,
      'the warm-up of the moving average is counted in steps, and nobody knows how many an epoch has',
    );
    const warmUp =
      ema.warmupEpochs > 0 && passesOfEpoch !== undefined
        ? { warmup: 'linear', warmup_iters: ema.warmupEpochs * passesOfEpoch, warmup_ratio: ema.warmupFactor }
        : {};
    list.push({ type: 'EMAHook', momentum: ema.decay, ...warmUp, update_interval: shares.passes });
  }
  if (strict && config.backbone.startsWith('moganet')) {
    list.push({ type: 'PreciseBNHook', num_samples: 8192, update_all_stats: false, interval: 1 });
  }
  return list.length > 0 ? { custom_hooks: list } : {};
}
