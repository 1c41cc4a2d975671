import type { RunConfig } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import { type Backbone, findBackbone, type Role } from './backbones.ts';
import { head } from './heads.ts';
import { mixingOf, type Mixing } from './mixing.ts';
import { backboneSettings, initialWeights } from './network.ts';
import type { Refusals } from './refusals.ts';

/** `model` of a run whose method has no network of its own, and the network that it trains. */
export function mixupModel(
  config: RunConfig,
  strict: boolean,
  refusals: Refusals,
): { readonly model: JsonObject; readonly backbone: Backbone } | undefined {
  const mixing = mixingOf(config, strict, refusals);
  const { modes, probabilities } = mixing;
  const role: Role = modes.some((mode) => mode.role === 'features') ? 'features' : 'inputs';
  const backbone = findBackbone(config, role, refusals);
  if (!backbone) return undefined;
  const { family } = backbone;
  const readsAttention = modes.some((mode) => mode.readsAttention);
  refusals.when(readsAttention && family !== 'vit', `no attention of ${config.backbone}`);
  const isAligned = modes.some(({ mode }) => mode === 'alignmix');
  refusals.when(isAligned && family !== 'resnet', `no alignmix of ${config.backbone}`);
  const teacher = modes.find((mode) => mode.teacher)?.teacher;
  const weighsImages = modes.some((mode) => mode.weighsImages);
  const isTransformer = family === 'vit' || family === 'pvt';
  const single = modes.length === 1 ? modes[0] : undefined;
  const evenly = probabilities.every((probability) => probability === probabilities[0]);
  return {
    backbone,
    model: {
      type: 'MixUpClassification',
      pretrained: null,
      ...(teacher ? teacherOf(teacher, strict, refusals) : {}),
      alpha: single ? single.alpha : modes.map(({ alpha }) => alpha),
      mix_mode: single ? single.mode : modes.map(({ mode }) => mode),
      ...(single ? {} : { mix_prob: evenly ? null : probabilities }),
      mix_args: mixArgs(config, mixing, family, strict),
      backbone: backboneSettings(config, backbone, role, readsAttention),
      ...initialWeights(backbone),
      head: head(config, backbone, weighsImages && !(strict && isTransformer)),
    },
  };
}

/** `backbone_k`: the network that looks at images for attentivemix. */
function teacherOf(
  teacher: { readonly backbone: string; readonly weights: string },
  strict: boolean,
  refusals: Refusals,
): JsonObject {
  const depth = /^resnet(18|34|50|101|152)$/.exec(teacher.backbone)?.[1];
  refusals.when(!depth, `no teacher ${teacher.backbone}`);
  const ours = teacher.weights === 'timm' ? `torchvision://${teacher.backbone}` : teacher.weights;
  const theirs = 'work_dirs/my_pretrains/official/resnet18_pytorch.pth';
  return {
    pretrained_k: strict && depth === '18' ? theirs : ours,
    backbone_k: { type: 'ResNet', depth: Number(depth), num_stages: 4, out_indices: [3], style: 'pytorch' },
  };
}

/** `mix_args` as OpenMixup's base configs have it, with what the run's methods say. */
function mixArgs(
  { dataset, inputs }: RunConfig,
  { modes }: Mixing,
  family: Backbone['family'],
  strict: boolean,
): JsonObject {
  const trained = inputs.trainSize ?? dataset.size;
  const size = strict ? Math.max(dataset.size, trained) : trained;
  const isSmall = trained < 64;
  const transport = isSmall ? { t_batch_size: null, t_size: 4 } : { t_batch_size: 32, t_size: -1, mp: null };
  const base: Record<string, JsonObject> = {
    ...(family === 'vit' ? {} : { alignmix: { eps: 0.1, max_iter: 100 } }),
    attentivemix: { grid_size: 32, top_k: null, beta: 8 },
    automix: { mask_adjust: 0, lam_margin: 0 },
    fmix: { decay_power: 3, size: [size, size], max_soft: 0, reformulate: false },
    gridmix: { n_holes: [2, 6], hole_aspect_ratio: 1, cut_area_ratio: [0.5, 1], cut_aspect_ratio: [0.5, 2] },
    manifoldmix: { layer: [0, 3] },
    puzzlemix: {
      transport: true,
      ...transport,
      block_num: isSmall ? 5 : 4,
      beta: 1.2,
      gamma: 0.5,
      eta: 0.2,
      neigh_size: 4,
      n_labels: 3,
      t_eps: 0.8,
    },
    resizemix: { scope: [0.1, 0.8], use_alpha: true },
    samix: { mask_adjust: 0, lam_margin: 0.08 },
    ...(family === 'vit' ? { transmix: { mix_mode: 'cutmix' } } : {}),
  };
  for (const { mode, args } of modes) {
    if (args) base[mode] = { ...base[mode], ...args };
  }
  return base;
}
