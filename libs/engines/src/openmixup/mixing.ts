import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject, JsonValue } from '@mixlab/contracts';
import type { Role } from './backbones.ts';
import type { Refusals } from './refusals.ts';

type Method = RunConfig['mixMode'];

/** One method that a batch may be mixed by. */
interface Mode {
  readonly mode: string;
  readonly alpha: number;
  /** Its entry of `mix_args`, as far as the method says something of it. */
  readonly args?: JsonObject;
  readonly role?: Role;
  /** Whether each image has a weight of its own. */
  readonly weighsImages?: boolean;
  readonly readsAttention?: boolean;
  readonly teacher?: { readonly backbone: string; readonly weights: string };
}

/** Methods that batches are mixed by, with how often each is. */
export interface Mixing {
  readonly modes: readonly Mode[];
  readonly probabilities: readonly number[];
}

/** `mix_mode` and its kin of `model`, for the methods that mix without a network of their own. */
export function mixingOf(config: RunConfig, strict: boolean, refusals: Refusals): Mixing {
  const { mixMode: method } = config;
  if (method.name === 'oneOf') {
    refusals.when(method.choices.length > 5, 'no more than five methods in a mixture');
    return {
      modes: method.choices.map((choice) => singleMode(choice.method, config, refusals)),
      probabilities: method.choices.map(({ probability }) => probability),
    };
  }
  if (method.name === 'deit' || method.name === 'rsb') {
    const { mixupAlpha, cutmixAlpha, switchProbability } = method;
    return {
      modes: [mode('mixup', mixupAlpha), mode('cutmix', cutmixAlpha)],
      probabilities: [1 - switchProbability, switchProbability],
    };
  }
  if (method.name === 'alignmix') {
    const aligned = singleMode(method, config, refusals);
    const args = strict ? { ...aligned.args, max_iter: 100 } : aligned.args;
    const other = strict
      ? { ...mode('manifoldmix', method.alpha), role: 'features' as const }
      : mode('mixup', method.alpha);
    return {
      modes: [other, { ...aligned, ...(args ? { args } : {}) }],
      probabilities: [1 - method.alignProbability, method.alignProbability],
    };
  }
  if (method.name === 'transmix' || method.name === 'tokenmix' || method.name === 'smmix') {
    const own = singleMode(method, config, refusals);
    const { mixupAlpha, mixupProbability } = method;
    if (mixupAlpha !== null) {
      // OpenMixup's config of TransMix with the smallest DeiT.
      const isTheirs = strict && method.name === 'transmix' && config.backbone === 'deit_tiny_patch16_224';
      return {
        modes: [mode('mixup', isTheirs ? 0.1 : mixupAlpha), own],
        probabilities: [mixupProbability, 1 - mixupProbability],
      };
    }
    return { modes: [own], probabilities: [1] };
  }
  return { modes: [singleMode(method, config, refusals)], probabilities: [1] };
}

function mode(name: string, alpha: number, more: Omit<Mode, 'mode' | 'alpha'> = {}): Mode {
  return { mode: name, alpha, ...more };
}

function singleMode(method: Method, config: RunConfig, refusals: Refusals): Mode {
  if ('perSample' in method && method.perSample)
    refusals.add(`${method.name} draws for the batch, not perSample`);
  switch (method.name) {
    case 'vanilla':
      return mode('vanilla', 1);
    case 'mixup':
    case 'cutmix':
    case 'saliencymix':
      return mode(method.name, method.alpha);
    case 'smoothmix':
      return mode('smoothmix', 1);
    case 'manifoldmix':
      return mode('manifoldmix', method.alpha, {
        role: 'features',
        args: { layer: layerRange(method.layers, refusals) },
      });
    case 'fmix':
      return mode('fmix', method.alpha, {
        args: { decay_power: method.decay, max_soft: method.maxSoft },
      });
    case 'gridmixup':
      return mode('gridmix', method.alpha, {
        args: { n_holes: method.holes, cut_area_ratio: method.cropArea, cut_aspect_ratio: method.cropAspect },
      });
    case 'resizemix':
      return mode('resizemix', method.alpha, { args: { scope: method.scale, use_alpha: true } });
    case 'alignmix':
      return mode('alignmix', method.alpha, { args: { eps: method.epsilon, max_iter: method.iterations } });
    case 'attentivemix':
      refusals.when(method.gridSize !== 7, 'attentivemix has a grid of 7 by 7 cells');
      return mode('attentivemix', method.alpha, { args: { top_k: method.topK }, teacher: method.teacher });
    case 'puzzlemix':
      return mode('puzzlemix', method.alpha, { args: puzzleArgs(method, refusals), weighsImages: true });
    case 'guidedmixup':
      return mode('guidedmix', 1, {
        args: { guided_type: method.saliency === 'gradient' ? 'ap' : 'sr', condition: method.pairs },
        weighsImages: true,
      });
    case 'transmix':
      return mode('transmix', method.alpha, {
        args: { mix_mode: 'cutmix' },
        readsAttention: true,
        weighsImages: true,
      });
    case 'tokenmix':
      return mode('tokenmix', method.alpha ?? 1, {
        args: { mask_type: 'block', minimum_tokens: method.minimumCells },
        readsAttention: true,
      });
    case 'smmix':
      return mode('smmix', 1, {
        args: {
          side: (config.inputs.trainSize ?? config.dataset.size) / 16,
          min_side_ratio: method.minSide,
          max_side_ratio: method.maxSide,
        },
        readsAttention: true,
      });
    case 'mixpro':
      return mode('mixpro', method.alpha, {
        args: mixproArgs(method, config, refusals),
        readsAttention: true,
      });
    default:
      refusals.add(`no method ${method.name}`);
      return mode('vanilla', 1);
  }
}

/** Cells have a whole number of the network's patches along a side; the last ones are cut off at the border. */
function mixproArgs(
  { gridSize, smoothing }: Extract<Method, { name: 'mixpro' }>,
  { inputs, dataset }: RunConfig,
  refusals: Refusals,
): JsonObject {
  const size = inputs.trainSize ?? dataset.size;
  const cell = 16 * Math.ceil(size / 16 / gridSize);
  refusals.when(Math.ceil(size / cell) !== gridSize, `mixpro has no ${gridSize} cells of whole patches`);
  return { num_classes: dataset.classes, smoothing, mask_patch_size: cell, model_patch_size: 16 };
}

/** The half-open range of stages that OpenMixup draws from. */
function layerRange(layers: readonly number[], refusals: Refusals): JsonValue {
  const first = Math.min(...layers);
  const last = Math.max(...layers);
  const isRange = last < 4 && new Set(layers).size === layers.length && last - first === layers.length - 1;
  refusals.when(!isRange, `manifoldmix has a range of stages below 4, not ${layers.join(', ')}`);
  return [first, last + 1];
}

function puzzleArgs(method: Extract<Method, { name: 'puzzlemix' }>, refusals: Refusals): JsonObject {
  const { blockCounts, cleanLam, attackProbability, transportSize } = method;
  const doubles = blockCounts.every((count, place) => count === 2 ** (place + 1));
  refusals.when(!doubles, `puzzlemix has 2, 4, 8 … blocks along a side, not ${blockCounts.join(', ')}`);
  refusals.when(cleanLam > 0, 'puzzlemix has no loss of the clean batch');
  refusals.when(attackProbability > 0, 'puzzlemix has no attack');
  return {
    transport: method.transport,
    t_batch_size: transportSize === null ? 32 : null,
    t_size: transportSize ?? -1,
    // It draws an exponent below this number.
    block_num: blockCounts.length + 1,
    beta: method.beta,
    gamma: method.gamma,
    eta: method.eta,
    neigh_size: method.borderSize,
    n_labels: method.maskLevels,
    t_eps: method.transportPrice,
  };
}
