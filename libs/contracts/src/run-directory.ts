import { z } from 'zod';

/** `paused` is trained as far as was asked for, and no further. */
export const runStates = ['running', 'interrupted', 'cancelled', 'failed', 'paused', 'completed'] as const;

/** `status.json` of a run directory. */
export const statusSchema = z.looseObject({
  schemaVersion: z.literal(1),
  state: z.enum(runStates),
  hash: z.string(),
  attempt: z.int().nonnegative(),
  /** Epochs finished so far. */
  epoch: z.int().nonnegative(),
  maxEpochs: z.int().positive(),
  /** A counter, raised while the supervisor lives. */
  heartbeat: z.int().nonnegative(),
  host: z.string(),
  pid: z.int(),
  /** Start time of that process, so that a recycled pid is not taken for it. */
  pidStart: z.number(),
  bootId: z.string(),
  schedulerJob: z.string().nullable(),
  exitCode: z.int().nullable(),
  error: z.string().nullable(),
});

export type Status = z.infer<typeof statusSchema>;

/** Name of the file in a run directory that asks for its trial to end and not to be started again. */
export const CANCEL_FILE = 'cancel';

/** Name of the file that asks for a trial to go on whose status says that it was cancelled; its next start removes it. */
export const RESUME_FILE = 'resume';

/** What that file holds; whoever asked, and when (ISO 8601, UTC). */
export const cancelRequestSchema = z.looseObject({ hash: z.string(), host: z.string(), time: z.string() });

export type CancelRequest = z.infer<typeof cancelRequestSchema>;

/** One line of `log.jsonl`; lines of other modes may follow later and are kept. */
export const logLineSchema = z.looseObject({
  mode: z.enum(['env', 'train', 'val']),
  attempt: z.int().positive(),
  /** Counts from 1; absent on an `env` line. */
  epoch: z.int().positive().optional(),
  step: z.int().nonnegative().optional(),
});

export type LogLine = z.infer<typeof logLineSchema>;

/** The first line of an attempt: what it runs on. Fields that older trainers do not write are optional. */
export const environmentSchema = logLineSchema.extend({
  mode: z.literal('env'),
  /** Processes, a GPU each. */
  ranks: z.int().positive().optional(),
  /** Of each rank in a step; above 1 gradients are accumulated. */
  passes: z.int().positive().optional(),
  /** `batchSize / ranks / passes`. */
  imagesPerPass: z.int().positive().optional(),
  /** How many images the statistics of batch norm are of; null for a network without batch norm. */
  batchNormImages: z.int().positive().nullable().optional(),
  stepsPerEpoch: z.int().positive().optional(),
});

export type Environment = z.infer<typeof environmentSchema>;

const accuracyShape = {
  /** Percent of the images. */
  top1: z.number().min(0).max(100),
  top5: z.number().min(0).max(100),
  loss: z.number(),
};

/** One line of `test.jsonl`. */
export const testLineSchema = z.looseObject({
  mode: z.literal('test'),
  hash: z.string(),
  /** Name of the checkpoint's file. */
  checkpoint: z.string(),
  /** Which of the checkpoint's weights. */
  weights: z.enum(['model', 'ema']).default('model'),
  /** Epochs that they were trained for. */
  epoch: z.int().nonnegative(),
  ...accuracyShape,
  images: z.int().nonnegative(),
  /** Expected calibration error of 15 bins, in percent. */
  ece: z.number().min(0).max(100).optional(),
  /** With `ratio` of the `grid` x `grid` patches of each image black. */
  occlusion: z
    .array(z.looseObject({ ratio: z.number().min(0).max(1), grid: z.int().positive(), ...accuracyShape }))
    .default([]),
});

export type TestLine = z.infer<typeof testLineSchema>;

/** `provenance.json`: what the newest attempt of a trial was trained with. */
export const provenanceSchema = z.looseObject({
  hash: z.string(),
  attempt: z.int().positive(),
  /** Of the training library's repository; null outside of one. */
  gitCommit: z.string().nullable(),
  /** SHA-256 of the difference to that commit; null for none. */
  diffDigest: z.string().nullable(),
  packages: z.record(z.string(), z.string()),
  python: z.string(),
  platform: z.string(),
  host: z.string(),
  cpus: z.int().nullable(),
  /** Name of the GPU, or of the processor. */
  device: z.string(),
  /** 0 on a CPU. */
  gpus: z.int().nonnegative(),
  command: z.array(z.string()),
});

export type Provenance = z.infer<typeof provenanceSchema>;
