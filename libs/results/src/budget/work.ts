import { methods } from '@mixlab/catalog/registry';
import { upgradeRunConfig } from '@mixlab/catalog/upgrade';
import type { JsonObject, JsonValue } from '@mixlab/contracts';

/** What one training of a run has to compute, as far as it tells how long that takes. */
export interface Work {
  /** Equal for runs whose steps take equally long on one device. */
  readonly key: string;
  /** `resnet50 with cutmix`. */
  readonly label: string;
  readonly method: string;
  /** What the time of a step depends on: values by path, as JSON. */
  readonly fields: ReadonlyMap<string, string>;
  /** Images in a step. */
  readonly batchSize: number;
  readonly maxEpochs: number;
  /** Epochs between two evaluations. */
  readonly evaluateEvery: number;
}

/** Paths of a run config that change what is learnt, or where it is written, and not how long a step takes. */
const WITHOUT_COST = [
  /^(schemaVersion|seed|maxEpochs)$/,
  /^mixMode\.alpha$/,
  /^schedule\./,
  /^optimizer\.(lr|momentum|nesterov|betas|eps|weightDecay|decayNormAndBias)$/,
  /^loss\.(labelSmoothing|targetThreshold|bceReduction)$/,
  /^model\.pretrained$/,
  /^dataset\.(mean|std)$/,
  /^ema\./,
  /^runtime\.(logEvery|evaluateEvery|checkpointEvery|wandb)$/,
];

/** Reads it off a whole run config, of any version; undefined where that is none. */
export function workOf(written: unknown): Work | undefined {
  if (!isObject(written)) return undefined;
  const config = upgradeRunConfig(written);
  const { backbone, mixMode, batchSize, maxEpochs, runtime, ema } = config;
  if (typeof backbone !== 'string' || !isObject(mixMode) || typeof mixMode['name'] !== 'string')
    return undefined;
  if (!isCount(batchSize) || !isCount(maxEpochs)) return undefined;
  const evaluateEvery = isObject(runtime) ? runtime['evaluateEvery'] : undefined;
  const fields = new Map(
    [...leaves(config, '')].filter(([path]) => !WITHOUT_COST.some((pattern) => pattern.test(path))),
  );
  fields.set('ema', String(isObject(ema) && Number(ema['decay']) > 0));
  return {
    key: [...fields]
      .map(([path, value]) => `${path}=${value}`)
      .sort()
      .join('\n'),
    label: `${backbone} with ${mixMode['name']}`,
    method: mixMode['name'],
    fields,
    batchSize,
    maxEpochs,
    evaluateEvery: isCount(evaluateEvery) ? evaluateEvery : 1,
  };
}

/** Evaluations after `from` epochs, up to `to` of them. */
export function evaluationsBetween({ maxEpochs, evaluateEvery }: Work, from: number, to: number): number {
  const until = (epochs: number) =>
    Math.floor(epochs / evaluateEvery) + (epochs === maxEpochs && epochs % evaluateEvery > 0 ? 1 : 0);
  return Math.max(0, until(to) - until(Math.min(from, maxEpochs)));
}

/**
 * How unlike two kinds of work are; undefined where the time of one tells nothing of the other: another network, another
 * size of images, another arithmetic. Images in a step do not count.
 */
export function unlikeness(one: Work, other: Work): number | undefined {
  const paths = differences(one, other);
  if (paths.some((path) => DECISIVE.test(path)) || trainSize(one) !== trainSize(other)) return undefined;
  const sameNeeds = needsOf(one.method) === needsOf(other.method);
  return paths.length + (sameNeeds ? 0 : 100);
}

const DECISIVE = /^(backbone|precision|runtime\.compile|model\..*)$/;

/** Paths in which two kinds of work differ, a method's own parameters aside where the methods differ. */
export function differences(one: Work, other: Work): string[] {
  const paths = new Set([...one.fields.keys(), ...other.fields.keys()]);
  const differing = [...paths].filter((path) => one.fields.get(path) !== other.fields.get(path)).sort();
  return one.method === other.method
    ? differing
    : differing.filter((path) => !/^mixMode\.(?!name$)/.test(path));
}

/** Whether an epoch of both has as many images, and an evaluation. */
export function sameImages(one: Work, other: Work): boolean {
  return differences(one, other).every((path) => !path.startsWith('dataset.'));
}

function trainSize({ fields }: Work): string | undefined {
  const own = fields.get('inputs.trainSize');
  return own === undefined || own === 'null' ? fields.get('dataset.size') : own;
}

function needsOf(method: string): string {
  return methods.find(({ name }) => name === method)?.needs.join() ?? method;
}

function* leaves(value: JsonObject, prefix: string): Generator<[string, string]> {
  for (const [key, inner] of Object.entries(value)) {
    if (isObject(inner)) yield* leaves(inner, `${prefix}${key}.`);
    else yield [`${prefix}${key}`, JSON.stringify(inner)];
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: JsonValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}
