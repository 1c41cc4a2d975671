// Generated from the training library by `npx nx run catalog:generate`. Do not edit.

import { z } from 'zod';
import type { Backbone } from '../backbone.ts';

/** `Dataset`, with defaults filled in. */
export const datasetSchema = z.strictObject({
  name: z.string().regex(new RegExp('^[a-z0-9][a-z0-9._-]*$')),
  layout: z
    .enum(['auto', 'cifar', 'digits', 'imagefolder', 'list', 'mnist', 'tiny-imagenet'])
    .default('auto'),
  classes: z.int().gte(2).lte(1000000),
  size: z.int().gt(0).lte(8192),
  trainSplit: z.string().min(1).default('train'),
  valSplit: z.string().min(1).default('val'),
  trainList: z.string().min(1).nullable().default(null),
  valList: z.string().min(1).nullable().default(null),
  mean: z
    .tuple([z.number().gte(0).lte(1), z.number().gte(0).lte(1), z.number().gte(0).lte(1)])
    .default([0.485, 0.456, 0.406]),
  std: z
    .tuple([
      z.number().gte(0.001).lte(1e30),
      z.number().gte(0.001).lte(1e30),
      z.number().gte(0.001).lte(1e30),
    ])
    .default([0.229, 0.224, 0.225]),
});
/** `AdAutoMix`, with defaults filled in. */
export const adAutoMixSchema = z.strictObject({
  name: z.literal('adautomix'),
  lamMargin: z.number().gte(0).lt(0.5).default(0.03),
  switchOff: z.number().gte(0).lte(1).default(0),
  switchOffDecay: z.boolean().default(false),
  momentum: z.number().gte(0).lte(1).default(0.999),
  momentumStart: z.number().gte(0).lte(1).default(0.1),
  finalMomentum: z.number().gte(0).lte(1).default(0.99999),
  blockLr: z.number().gt(0).lte(1e30).nullable().default(0.1),
  blockMinLr: z.number().gte(0).lte(1e30).default(0.001),
  alpha: z.number().gt(0).lte(1e30).default(1),
  mixSamples: z.int().gte(2).lte(3).default(3),
  randomSamples: z.boolean().default(false),
  beta: z.number().gte(0).lte(1).default(0.1),
  adversarialInterval: z.int().gt(0).lte(1000000).default(2),
  mixupWeight: z.number().gte(0).lte(1).default(0.5),
  lamConcat: z.boolean().default(true),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `AlignMix`, with defaults filled in. */
export const alignMixSchema = z.strictObject({
  name: z.literal('alignmix'),
  alpha: z.number().gt(0).lte(1e30).default(2),
  perSample: z.boolean().default(false),
  alignProbability: z.number().gte(0).lte(1).default(0.5),
  epsilon: z.number().gt(0).lte(1e30).default(0.1),
  iterations: z.int().gt(0).lte(1000000).default(50),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `Teacher`, with defaults filled in. */
export const teacherSchema = z.strictObject({
  backbone: (z.string().regex(new RegExp('^[A-Za-z0-9_.:-]+$')) as z.ZodType<Backbone>).default('resnet18'),
  weights: z.string().min(1).default('timm'),
});
/** `AttentiveMix`, with defaults filled in. */
export const attentiveMixSchema = z.strictObject({
  name: z.literal('attentivemix'),
  alpha: z.number().gt(0).lte(1e30).default(2),
  topK: z.int().gt(0).lte(1000000).nullable().default(null),
  perSample: z.boolean().default(false),
  gridSize: z.int().gt(0).lte(1000000).default(7),
  teacherSize: z.int().gt(0).lte(8192).default(224),
  teacher: teacherSchema.prefault({}),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `AutoMix`, with defaults filled in. */
export const autoMixSchema = z.strictObject({
  name: z.literal('automix'),
  lamMargin: z.number().gte(0).lt(0.5).default(0.08),
  switchOff: z.number().gte(0).lte(1).default(0),
  switchOffDecay: z.boolean().default(false),
  momentum: z.number().gte(0).lte(1).default(0.999),
  momentumStart: z.number().gte(0).lte(1).default(0.1),
  finalMomentum: z.number().gte(0).lte(1).default(0.99999),
  blockLr: z.number().gt(0).lte(1e30).nullable().default(0.1),
  blockMinLr: z.number().gte(0).lte(1e30).default(0.001),
  alpha: z.number().gt(0).lte(1e30).default(2),
  maskLoss: z.number().gte(0).lte(1e30).default(0.1),
  maskLossDecay: z.boolean().default(true),
  maskMargin: z.number().gte(0).lte(1).default(0.1),
  lamConcat: z.boolean().default(true),
});
/** `CoMixup`, with defaults filled in. */
export const coMixupSchema = z.strictObject({
  name: z.literal('comixup'),
  alpha: z.number().gt(0).lte(1e30).default(2),
  groupSize: z.int().gte(3).default(20),
  blockCount: z.int().gt(0).lte(1000000).default(4),
  beta: z.number().gte(0).lte(1e30).default(0.32),
  gamma: z.number().gte(0).lte(1e30).default(1),
  eta: z.number().gte(0).lte(1e30).default(0.05),
  tau: z.number().gte(0).lte(1e30).default(0.83),
  omega: z.number().gte(0).lte(1).default(0.001),
  sweeps: z.int().gt(0).lte(1000000).default(4),
  resolve: z.boolean().default(true),
  cleanLam: z.number().gte(0).lte(1e30).default(1),
});
/** `CutMix`, with defaults filled in. */
export const cutMixSchema = z.strictObject({
  name: z.literal('cutmix'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
});
/** `DecoupleMix`, with defaults filled in. */
export const decoupleMixSchema = z.strictObject({
  name: z.literal('decouplemix'),
  mixing: z.enum(['mixup', 'cutmix', 'manifoldmix']).default('mixup'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
  eta: z.number().gte(0).lte(1e30).default(0.1),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `DeiT`, with defaults filled in. */
export const deiTSchema = z.strictObject({
  name: z.literal('deit'),
  mixupAlpha: z.number().gt(0).lte(1e30).default(0.8),
  cutmixAlpha: z.number().gt(0).lte(1e30).default(1),
  switchProbability: z.number().gte(0).lte(1).default(0.5),
});
/** `FMix`, with defaults filled in. */
export const fMixSchema = z.strictObject({
  name: z.literal('fmix'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  decay: z.number().gt(0).lte(1e30).default(3),
  maxSoft: z.number().gte(0).lte(0.5).default(0),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `SaliencyGrafting`, with defaults filled in. */
export const saliencyGraftingSchema = z.strictObject({
  name: z.literal('grafting'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  temperature: z.number().gte(0.000001).default(1),
  perSample: z.boolean().default(false),
});
/** `GridMix`, with defaults filled in. */
export const gridMixSchema = z.strictObject({
  name: z.literal('gridmix'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  gridSize: z.int().gt(0).lte(1000000).default(4),
  localWeight: z.number().gte(0).lte(1e30).default(0.15),
  perSample: z.boolean().default(false),
});
/** `GridMixup`, with defaults filled in. */
export const gridMixupSchema = z.strictObject({
  name: z.literal('gridmixup'),
  alpha: z.number().gt(0).lte(1e30).default(0.2),
  holes: z.tuple([z.int().gt(0).lte(1000000), z.int().gt(0).lte(1000000)]).default([2, 6]),
  cropArea: z.tuple([z.number().gt(0).lte(1), z.number().gt(0).lte(1)]).default([0.5, 1]),
  cropAspect: z.tuple([z.number().gt(0).lte(1e30), z.number().gt(0).lte(1e30)]).default([0.5, 2]),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `GuidedMixup`, with defaults filled in. */
export const guidedMixupSchema = z.strictObject({
  name: z.literal('guidedmixup'),
  saliency: z.enum(['gradient', 'spectral']).default('gradient'),
  pairs: z.enum(['greedy', 'random']).default('greedy'),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `ManifoldMix`, with defaults filled in. */
export const manifoldMixSchema = z.strictObject({
  name: z.literal('manifoldmix'),
  alpha: z.number().gt(0).lte(1e30).default(2),
  perSample: z.boolean().default(false),
  layers: z.array(z.int().gte(0).lte(1000000)).min(1).default([0, 1, 2]),
});
/** `MixPro`, with defaults filled in. */
export const mixProSchema = z.strictObject({
  name: z.literal('mixpro'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  gridSize: z.int().gt(0).lte(1000000).default(4),
  perSample: z.boolean().default(false),
  smoothing: z.number().gte(0).lte(1).default(0.1),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `MixUp`, with defaults filled in. */
export const mixUpSchema = z.strictObject({
  name: z.literal('mixup'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
});
/** `PuzzleMix`, with defaults filled in. */
export const puzzleMixSchema = z.strictObject({
  name: z.literal('puzzlemix'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  beta: z.number().gte(0).lte(1e30).default(1.2),
  gamma: z.number().gte(0).lte(1).default(0.5),
  eta: z.number().gte(0).lte(1e30).default(0.2),
  borderSize: z.int().gt(0).lte(1000000).default(4),
  maskLevels: z.int().gte(2).lte(16).default(3),
  blockCounts: z.array(z.int().gt(0).lte(1000000)).min(1).default([2, 4, 8, 16]),
  transport: z.boolean().default(true),
  transportPrice: z.number().gt(0).lte(1e30).default(0.8),
  transportSize: z.int().gt(0).lte(1000000).nullable().default(null),
  cleanLam: z.number().gte(0).lte(1e30).default(0),
  attackProbability: z.number().gte(0).lte(1).default(0),
  attackSize: z.number().gte(0).lte(1e30).default(10),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `RecursiveMix`, with defaults filled in. */
export const recursiveMixSchema = z.strictObject({
  name: z.literal('recursivemix'),
  alpha: z.number().gt(0).lte(1).default(0.5),
  omega: z.number().gte(0).lte(1e30).default(0.5),
  interpolation: z.enum(['nearest', 'bilinear']).default('nearest'),
});
/** `ResizeMix`, with defaults filled in. */
export const resizeMixSchema = z.strictObject({
  name: z.literal('resizemix'),
  scale: z.tuple([z.number().gt(0).lte(1), z.number().gt(0).lte(1)]).default([0.1, 0.8]),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `RSB`, with defaults filled in. */
export const rsbSchema = z.strictObject({
  name: z.literal('rsb'),
  mixupAlpha: z.number().gt(0).lte(1e30).default(0.1),
  cutmixAlpha: z.number().gt(0).lte(1e30).default(1),
  switchProbability: z.number().gte(0).lte(1).default(0.5),
});
/** `SaliencyMix`, with defaults filled in. */
export const saliencyMixSchema = z.strictObject({
  name: z.literal('saliencymix'),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `SAMix`, with defaults filled in. */
export const saMixSchema = z.strictObject({
  name: z.literal('samix'),
  lamMargin: z.number().gte(0).lt(0.5).default(0.08),
  switchOff: z.number().gte(0).lte(1).default(0),
  switchOffDecay: z.boolean().default(false),
  momentum: z.number().gte(0).lte(1).default(0.999),
  momentumStart: z.number().gte(0).lte(1).default(0.1),
  finalMomentum: z.number().gte(0).lte(1).default(0.99999),
  blockLr: z.number().gt(0).lte(1e30).nullable().default(0.1),
  blockMinLr: z.number().gte(0).lte(1e30).default(0.001),
  alpha: z.number().gt(0).lte(1e30).default(2),
  maskLoss: z.number().gte(0).lte(1e30).default(0.1),
  maskLossDecay: z.boolean().default(true),
  maskMargin: z.number().gte(0).lte(1).default(0.1),
  dropout: z.number().gte(0).lt(1).default(0.1),
});
/** `SMMix`, with defaults filled in. */
export const smMixSchema = z.strictObject({
  name: z.literal('smmix'),
  mixupAlpha: z.number().gt(0).lte(1e30).nullable().default(null),
  mixupProbability: z.number().gte(0).lte(1).default(0.5),
  minSide: z.number().gt(0).lt(1).default(0.25),
  maxSide: z.number().gt(0).lt(1).default(0.75),
  fineGrainedWeight: z.number().gte(0).lte(1e30).default(1),
  consistencyWeight: z.number().gte(0).lte(1e30).default(1),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `SmoothMix`, with defaults filled in. */
export const smoothMixSchema = z.strictObject({
  name: z.literal('smoothmix'),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `SuperMix`, with defaults filled in. */
export const superMixSchema = z.strictObject({
  name: z.literal('supermix'),
  alpha: z.number().gt(0).lte(1e30).default(3),
  maskSize: z.int().gt(0).lte(1000000).default(16),
  sigma: z.number().gte(0).lte(1e30).default(1),
  sparsity: z.number().gte(0).lte(1e30).default(25),
  iterations: z.int().gt(0).lte(1000000).default(50),
  teacherSize: z.int().gt(0).lte(8192).nullable().default(null),
  teacher: teacherSchema.prefault({}),
});
/** `TokenMix`, with defaults filled in. */
export const tokenMixSchema = z.strictObject({
  name: z.literal('tokenmix'),
  mixupAlpha: z.number().gt(0).lte(1e30).nullable().default(null),
  mixupProbability: z.number().gte(0).lte(1).default(0.5),
  lam: z.number().gte(0).lte(1).default(0.5),
  alpha: z.number().gt(0).lte(1e30).nullable().default(null),
  gridSize: z.int().gt(0).lte(1000000).default(14),
  minimumCells: z.int().gte(0).lte(1000000).default(14),
  perSample: z.boolean().default(false),
  teacherSize: z.int().gt(0).lte(8192).default(224),
  teacher: teacherSchema.prefault({}),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `TransMix`, with defaults filled in. */
export const transMixSchema = z.strictObject({
  name: z.literal('transmix'),
  mixupAlpha: z.number().gt(0).lte(1e30).nullable().default(null),
  mixupProbability: z.number().gte(0).lte(1).default(0.5),
  alpha: z.number().gt(0).lte(1e30).default(1),
  perSample: z.boolean().default(false),
  compat: z.enum(['none', 'openmixup']).default('none'),
});
/** `Vanilla`, with defaults filled in. */
export const vanillaSchema = z.strictObject({ name: z.literal('vanilla') });
/** `Choice`, with defaults filled in. */
export const choiceSchema = z.strictObject({
  method: z.discriminatedUnion('name', [
    adAutoMixSchema,
    alignMixSchema,
    attentiveMixSchema,
    autoMixSchema,
    coMixupSchema,
    cutMixSchema,
    decoupleMixSchema,
    deiTSchema,
    fMixSchema,
    saliencyGraftingSchema,
    gridMixSchema,
    gridMixupSchema,
    guidedMixupSchema,
    manifoldMixSchema,
    mixProSchema,
    mixUpSchema,
    puzzleMixSchema,
    recursiveMixSchema,
    resizeMixSchema,
    rsbSchema,
    saliencyMixSchema,
    saMixSchema,
    smMixSchema,
    smoothMixSchema,
    superMixSchema,
    tokenMixSchema,
    transMixSchema,
    vanillaSchema,
  ]),
  probability: z.number().gte(0).lte(1),
});
/** `OneOf`, with defaults filled in. */
export const oneOfSchema = z.strictObject({
  name: z.literal('oneOf'),
  choices: z.array(choiceSchema).min(1),
});
/** `Model`, with defaults filled in. */
export const modelSchema = z.strictObject({
  stem: z.enum(['imagenet', 'cifar', 'tiny-imagenet']).default('imagenet'),
  pretrained: z.string().nullable().default(null),
  dropPath: z.number().gte(0).lt(1).default(0),
  syncBatchNorm: z.boolean().default(false),
});
/** `Inputs`, with defaults filled in. */
export const inputsSchema = z.strictObject({
  trainSize: z.int().gt(0).lte(8192).nullable().default(null),
  testSize: z.int().gt(0).lte(8192).nullable().default(null),
  testCropRatio: z.number().gte(0.01).lte(1).default(0.875),
  crop: z.enum(['random-resized', 'pad', 'none']).default('random-resized'),
  cropArea: z.tuple([z.number().gt(0).lte(1), z.number().gt(0).lte(1)]).default([0.08, 1]),
  cropAspect: z
    .tuple([z.number().gt(0).lte(1e30), z.number().gt(0).lte(1e30)])
    .default([0.75, 1.3333333333333333]),
  padding: z.int().gte(0).lte(1000000).default(4),
  paddingMode: z.enum(['zeros', 'reflect']).default('zeros'),
  flip: z.number().gte(0).lte(1).default(0.5),
  interpolation: z.enum(['bilinear', 'bicubic']).default('bicubic'),
  randAugment: z.string().nullable().default(null),
  colorJitter: z.number().gte(0).lte(10).default(0),
  erase: z.number().gte(0).lte(1).default(0),
  eraseMode: z.enum(['pixel', 'rand', 'const']).default('pixel'),
  eraseArea: z.tuple([z.number().gt(0).lte(1), z.number().gt(0).lte(1)]).default([0.02, 0.3333333333333333]),
  eraseCount: z.int().gt(0).lte(1000).default(1),
  repeats: z.int().gt(0).lte(1000000).default(1),
});
/** `Optimizer`, with defaults filled in. */
export const optimizerSchema = z.strictObject({
  name: z.enum(['sgd', 'adamw', 'lamb']).default('sgd'),
  lr: z.number().gt(0).lte(1e30).default(0.1),
  momentum: z.number().gte(0).lte(1).default(0.9),
  nesterov: z.boolean().default(false),
  betas: z.tuple([z.number().gte(0).lt(1), z.number().gte(0).lt(1)]).default([0.9, 0.999]),
  eps: z.number().gt(0).lte(1e30).default(1e-8),
  weightDecay: z.number().gte(0).lte(1e30).default(0.0001),
  decayNormAndBias: z.boolean().default(true),
  clipNorm: z.number().gt(0).lte(1e30).nullable().default(null),
});
/** `Schedule`, with defaults filled in. */
export const scheduleSchema = z.strictObject({
  name: z.enum(['cosine', 'constant']).default('cosine'),
  interval: z.enum(['epoch', 'step']).default('epoch'),
  minLr: z.number().gte(0).lte(1e30).default(0),
  warmupEpochs: z.int().gte(0).lte(1000000).default(0),
  warmupFactor: z.number().gte(0).lte(1).default(0.001),
});
/** `Loss`, with defaults filled in. */
export const lossSchema = z.strictObject({
  name: z.enum(['ce', 'bce']).default('ce'),
  bceReduction: z.enum(['mean', 'sum']).default('mean'),
  targetThreshold: z.number().gte(0).lt(1).default(0),
  labelSmoothing: z.number().gte(0).lt(1).default(0),
});
/** `Ema`, with defaults filled in. */
export const emaSchema = z.strictObject({
  decay: z.number().gte(0).lt(1).default(0),
  warmupEpochs: z.int().gte(0).lte(1000000).default(0),
  warmupFactor: z.number().gte(0).lte(1).default(0.9),
});
/** `Runtime`, with defaults filled in. */
export const runtimeSchema = z.strictObject({
  workers: z.int().gte(0).lte(1024).default(4),
  gpuBatchSize: z.int().gt(0).lte(1000000).nullable().default(null),
  compile: z.enum(['none', 'default', 'reduce-overhead', 'max-autotune']).default('none'),
  deterministic: z.boolean().default(false),
  wandb: z.string().min(1).nullable().default(null),
  logEvery: z.int().gt(0).lte(1000000).default(50),
  evaluateEvery: z.int().gt(0).lte(1000000).default(1),
  checkpointEvery: z.int().gt(0).lte(1000000).default(1),
});
/** A whole run config, with defaults filled in. */
export const runConfigSchema = z.strictObject({
  schemaVersion: z.literal(2),
  dataset: datasetSchema,
  backbone: z.string().regex(new RegExp('^[A-Za-z0-9_.:-]+$')),
  mixMode: z
    .discriminatedUnion('name', [
      adAutoMixSchema,
      alignMixSchema,
      attentiveMixSchema,
      autoMixSchema,
      coMixupSchema,
      cutMixSchema,
      decoupleMixSchema,
      deiTSchema,
      fMixSchema,
      saliencyGraftingSchema,
      gridMixSchema,
      gridMixupSchema,
      guidedMixupSchema,
      manifoldMixSchema,
      mixProSchema,
      mixUpSchema,
      oneOfSchema,
      puzzleMixSchema,
      recursiveMixSchema,
      resizeMixSchema,
      rsbSchema,
      saliencyMixSchema,
      saMixSchema,
      smMixSchema,
      smoothMixSchema,
      superMixSchema,
      tokenMixSchema,
      transMixSchema,
      vanillaSchema,
    ])
    .prefault({ name: 'vanilla' }),
  maxEpochs: z.int().gt(0).lte(1000000),
  batchSize: z.int().gt(0).lte(1000000),
  testBatchSize: z.int().gt(0).lte(1000000).nullable().default(null),
  model: modelSchema.prefault({}),
  inputs: inputsSchema.prefault({}),
  optimizer: optimizerSchema.prefault({}),
  schedule: scheduleSchema.prefault({}),
  loss: lossSchema.prefault({}),
  ema: emaSchema.prefault({}),
  precision: z.enum(['fp32', 'tf32', 'fp16', 'bf16']).default('fp32'),
  runtime: runtimeSchema.prefault({}),
  seed: z.int().gte(0).default(0),
});
