import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { datasets, mixlabSchema, recipes } from '@mixlab/catalog';
import { openmixupSchema } from '@mixlab/catalog/openmixup-schema';
import type { Recipe, RunConfig } from '@mixlab/catalog';
import type { JsonObject, JsonValue } from '@mixlab/contracts';
import { openmixupEngine, translate } from '@mixlab/engines';
import { describe, expect, it } from 'vitest';

/** A resolved run config, as an experiment over this recipe would have it. */
function run(recipe: Recipe, backbone: string, mixMode: JsonObject, more: object = {}): RunConfig {
  const { values } = recipe;
  const config = { schemaVersion: 2, maxEpochs: 100, ...values, backbone, mixMode, ...more };
  const checked = mixlabSchema.validate(JSON.parse(JSON.stringify(config)) as JsonObject);
  if ('issues' in checked) throw new Error(JSON.stringify(checked.issues));
  return checked.value;
}

function config(of: RunConfig, { gpus = 1, strict = false } = {}): JsonObject {
  const translation = translate(of, { gpus, strict });
  if ('reasons' in translation) throw new Error(translation.reasons.join('\n'));
  return translation.config;
}

function reasons(of: RunConfig, gpus = 1): readonly string[] {
  const translation = translate(of, { gpus, strict: false });
  return 'reasons' in translation ? translation.reasons : [];
}

const pick = (value: JsonValue | undefined, ...path: (string | number)[]): JsonValue | undefined =>
  path.reduce<JsonValue | undefined>(
    (inner, key) => (inner as Readonly<Record<string | number, JsonValue>> | undefined)?.[key],
    value,
  );

const r50 = (mixMode: JsonObject, more?: object) => run(recipes.pytorch, 'resnet50', mixMode, more);
const deitSmall = (mixMode: JsonObject) => run(recipes.deitSmall, 'deit_small_patch16_224', mixMode);

/** What OpenMixup's generator wrote, without variables of its config files that its training does not read. */
function written(name: string): JsonObject {
  const file = fileURLToPath(new URL(`fixtures/openmixup-generated/${name}.json`, import.meta.url));
  const all = JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
  const isVariable = /^(data_.*|dataset_type|(train|test)_pipeline)$/;
  return Object.fromEntries(Object.entries(all).filter(([key]) => !isVariable.test(key)));
}

/** `path: ours, theirs` of each field in which two configs differ. */
function differences(ours: JsonValue | undefined, theirs: JsonValue | undefined, path = ''): string[] {
  if (JSON.stringify(ours) === JSON.stringify(theirs)) return [];
  const isObject = (value: JsonValue | undefined) => typeof value === 'object' && value !== null;
  if (!isObject(ours) || !isObject(theirs)) {
    return [`${path}: ${JSON.stringify(ours)}, ${JSON.stringify(theirs)}`];
  }
  const [left, right] = [ours as JsonObject, theirs as JsonObject];
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  return keys.flatMap((key) => differences(left[key], right[key], path ? `${path}.${key}` : key));
}

describe('a config for OpenMixup, with --strict-openmixup', () => {
  it.each<[string, RunConfig, number, string[]]>([
    [
      'imagenet-r18-cutmix',
      run(recipes.pytorch, 'resnet18', { name: 'cutmix', alpha: 1 }),
      4,
      ['seed: 0, undefined'],
    ],
    [
      'tiny-imagenet-r18-mixup',
      run(recipes.tinyImagenet, 'resnet18', { name: 'mixup', alpha: 1 }, { maxEpochs: 400 }),
      1,
      // What theirs leaves to a default, ours says.
      [
        'fp16.type: "mmcv", undefined',
        'optimizer_config.update_interval: 1, undefined',
        'seed: 0, undefined',
      ],
    ],
    [
      'cifar10-r18-mixup',
      run(recipes.cifar, 'resnet18', { name: 'mixup', alpha: 1 }, { maxEpochs: 400 }),
      1,
      [
        // It draws pictures, and trains nothing.
        'custom_hooks: undefined, [{"type":"SAVEHook","iter_per_epoch":500,"save_interval":12500}]',
        'fp16.type: "mmcv", undefined',
        // The base of several modes, of which a sweep left one.
        'model.mix_prob: undefined, null',
        'model.mix_repeat: undefined, 1',
        'optimizer_config.update_interval: 1, undefined',
        'seed: 0, undefined',
      ],
    ],
    [
      'cifar100-r18-automix',
      run(
        recipes.cifar,
        'resnet18',
        { name: 'automix', finalMomentum: 0.999999, maskLossDecay: false, lamConcat: false, blockLr: null },
        {
          dataset: datasets.cifar100,
          inputs: { ...recipes.cifar.values.inputs, paddingMode: 'reflect' },
          schedule: { name: 'cosine', minLr: 0.05 },
          maxEpochs: 400,
        },
      ),
      1,
      [
        'custom_hooks.1: undefined, {"type":"SAVEHook","iter_per_epoch":500,"save_interval":12500}',
        'fp16.type: "mmcv", undefined',
        'model.head_mix.loss.use_sigmoid: undefined, false',
        'model.head_mix.loss.use_soft: undefined, false',
        'model.head_one.loss.use_sigmoid: undefined, false',
        'model.head_one.loss.use_soft: undefined, false',
        // One or a list of one.
        'model.mix_block.unsampling_mode: ["nearest"], "nearest"',
        'optimizer_config.update_interval: 1, undefined',
        'seed: 0, undefined',
        // An axis of the sweep that nothing reads.
        'total_epochs: undefined, 400',
      ],
    ],
  ])('equals what OpenMixup itself writes: %s', (name, ours, gpus, expected) => {
    const theirs = written(name);
    const strict = config(ours, { gpus, strict: true });
    expect(differences(strict, theirs)).toEqual(expected);
    // What an importer derives from a base config takes ours as well, seed aside, which is of the command line there.
    for (const { seed: _, ...settings } of [strict, config(ours, { gpus })]) {
      expect(openmixupSchema(theirs).validate(settings as JsonObject)).toEqual({ value: settings });
    }
  });
});

describe('a config for OpenMixup', () => {
  it('shares the batch among GPUs and passes', () => {
    const a2 = run(recipes.rsbA2, 'resnet50', { name: 'rsb' });
    const shared = config(a2, { gpus: 4 });
    expect(pick(shared, 'data', 'imgs_per_gpu')).toBe(256);
    expect(pick(shared, 'optimizer_config')).toEqual({ update_interval: 2, grad_clip: null });
    expect(pick(config(a2, { gpus: 8 }), 'optimizer_config', 'update_interval')).toBe(1);
    expect(reasons(a2, 3)).toEqual(['a batch of 2048 images cannot be shared evenly by 3 GPUs and 3 passes']);
  });

  it('warms a moving average up over passes, as many as an epoch has there', () => {
    const convnext = config(run(recipes.convnext, 'convnext_tiny', { name: 'deit' }), { gpus: 8 });
    expect(pick(convnext, 'custom_hooks', 0)).toEqual({
      type: 'EMAHook',
      momentum: 0.9999,
      warmup: 'linear',
      warmup_iters: 20 * 626,
      warmup_ratio: 0.9,
      update_interval: 2,
    });
  });

  it.each<[string, RunConfig, JsonValue, JsonValue, JsonValue | undefined]>([
    ['vanilla', r50({ name: 'vanilla' }), 'vanilla', 1, undefined],
    ['mixup', r50({ name: 'mixup', alpha: 0.2 }), 'mixup', 0.2, undefined],
    ['gridmixup is their gridmix', r50({ name: 'gridmixup', alpha: 0.2 }), 'gridmix', 0.2, undefined],
    ['deit', r50({ name: 'deit' }), ['mixup', 'cutmix'], [0.8, 1], null],
    [
      'a switch that is not even',
      r50({ name: 'deit', switchProbability: 0.25 }),
      ['mixup', 'cutmix'],
      [0.8, 1],
      [0.75, 0.25],
    ],
    [
      'a mixture',
      r50({
        name: 'oneOf',
        choices: [
          { method: { name: 'vanilla' }, probability: 0.4 },
          { method: { name: 'fmix', alpha: 0.5 }, probability: 0.6 },
        ],
      }),
      ['vanilla', 'fmix'],
      [1, 0.5],
      [0.4, 0.6],
    ],
    ['alignmix', r50({ name: 'alignmix', alpha: 2 }), ['mixup', 'alignmix'], [2, 2], null],
    [
      'transmix',
      deitSmall({ name: 'transmix', mixupAlpha: 0.8, mixupProbability: 0.2 }),
      ['mixup', 'transmix'],
      [0.8, 1],
      [0.2, 0.8],
    ],
  ])('mixes by the names there: %s', (_, of, mode, alpha, probabilities) => {
    const { model } = config(of);
    expect([pick(model, 'mix_mode'), pick(model, 'alpha'), pick(model, 'mix_prob')]).toEqual([
      mode,
      alpha,
      probabilities,
    ]);
  });

  it('says a method’s parameters in the words there', () => {
    const puzzle = pick(
      config(r50({ name: 'puzzlemix', blockCounts: [2, 4], eta: 0.3, transportSize: 4 })),
      'model',
    );
    expect(pick(puzzle, 'mix_args', 'puzzlemix')).toMatchObject({
      block_num: 3,
      eta: 0.3,
      t_size: 4,
      t_batch_size: null,
    });
    const manifold = pick(config(r50({ name: 'manifoldmix', layers: [1, 2] })), 'model', 'mix_args');
    expect(pick(manifold, 'manifoldmix')).toEqual({ layer: [1, 3] });
    const lists = { layout: 'list', trainList: 'a.txt', valList: 'b.txt' };
    const mixpro = run(
      recipes.deitSmall,
      'deit_small_patch16_224',
      { name: 'mixpro' },
      { batchSize: 400, dataset: { name: 'birds', classes: 100, size: 224, ...lists } },
    );
    expect(pick(config(mixpro, { gpus: 4 }), 'model', 'mix_args', 'mixpro')).toEqual({
      num_classes: 100,
      smoothing: 0.1,
      mask_patch_size: 64,
      model_patch_size: 16,
    });
    const tiny = (strict: boolean) => {
      const method = { name: 'transmix', mixupAlpha: 0.8, mixupProbability: 0.2 };
      return pick(
        config(run(recipes.deitTiny, 'deit_tiny_patch16_224', method), { strict }),
        'model',
        'alpha',
      );
    };
    expect([tiny(false), tiny(true)]).toEqual([
      [0.8, 1],
      [0.1, 1],
    ]);
    const small = (strict: boolean) => config(deitSmall({ name: 'transmix' }), { strict });
    expect([small(false).use_fp16, small(true).use_fp16]).toEqual([false, true]);
    const block = (of: RunConfig, strict: boolean) =>
      pick(config(of, { strict }), 'optimizer', 'paramwise_options', 'mix_block', 'momentum');
    const wide = run(recipes.cifar, 'wrn28_8', { name: 'automix', blockLr: null });
    expect([block(wide, false), block(wide, true)]).toEqual([undefined, 0]);
    const tinyImages = run(recipes.tinyImagenet, 'resnet18', { name: 'automix' });
    expect([block(tinyImages, false), block(tinyImages, true)]).toEqual([0.9, undefined]);
    // OpenMixup's own config has masks of 224 pixels for images of 160, which stops it.
    const fmix = (strict: boolean) =>
      pick(
        config(run(recipes.rsbA3, 'resnet50', { name: 'fmix' }), { gpus: 4, strict }),
        ...['model', 'mix_args', 'fmix', 'size'],
      );
    expect([fmix(false), fmix(true)]).toEqual([
      [160, 160],
      [224, 224],
    ]);
  });

  it('lets a head weigh each image by itself where a method does, which theirs does not on a transformer', () => {
    const head = (strict: boolean) =>
      pick(config(deitSmall({ name: 'puzzlemix' }), { strict }), 'model', 'head');
    expect(pick(head(false), 'multi_label')).toBe(true);
    expect(pick(head(true), 'multi_label')).toBeUndefined();
    expect(pick(config(r50({ name: 'puzzlemix' })), 'model', 'head', 'loss', 'use_soft')).toBe(true);
  });

  it.each<[string, RunConfig, string[]]>([
    ['a method', r50({ name: 'comixup' }), ['no method comixup']],
    [
      'what its own code stops at',
      deitSmall({ name: 'mixpro', gridSize: 6 }),
      [
        'mixpro has no 6 cells of whole patches',
        'mixpro runs there only where a GPU has as many images as there are classes',
      ],
    ],
    ['a network', run(recipes.pytorch, 'vgg16', { name: 'mixup' }), ['no network vgg16']],
    ['attention', run(recipes.pvt, 'pvt_tiny', { name: 'transmix' }), ['no attention of pvt_tiny']],
    [
      'everything at once',
      run(
        recipes.rsbA2,
        'resnet8',
        { name: 'mixup', perSample: true },
        {
          dataset: { name: 'birds', classes: 9, size: 64 },
          precision: 'bf16',
          loss: { name: 'bce', targetThreshold: 0.2 },
        },
      ),
      [
        'mixup draws for the batch, not perSample',
        'no network resnet8',
        'no dataset birds: OpenMixup reads lists of files, so give it layout "list", trainList and valList',
        'no threshold of targets in binary cross-entropy',
        'no precision bf16',
      ],
    ],
  ])('says what is not there: %s', (_, of, expected) => {
    expect(reasons(of)).toEqual(expected);
  });

  it('reads a dataset of one’s own from lists of files in the checkout', () => {
    const birds = {
      name: 'birds',
      classes: 9,
      size: 224,
      layout: 'list',
      trainList: 'a.txt',
      valList: 'b.txt',
    };
    const { data } = config(r50({ name: 'mixup' }, { dataset: birds }));
    expect(pick(data, 'train', 'data_source')).toEqual({
      list_file: 'data/birds/a.txt',
      root: 'data/birds',
      type: 'ImageNet',
    });
  });

  it('is printed as OpenMixup prints it', () => {
    const ours = config(r50({ name: 'mixup' }), { gpus: 4 });
    const engine = openmixupEngine();
    expect(JSON.parse(engine.configText(ours))).toEqual(ours);
    expect(Buffer.from(engine.configBytes(ours)).toString()).toBe(engine.configText(ours));
    const floats = { places: ['/a/0/b~1c'], spelling: { 'a.1': { '1': '1' }, d: { '[1,2]': '(1, 2.0)' } } };
    const value = { a: [{ 'b/c': 1 }, 1], d: [1, 2], e: [1e-5, 1e16, 0.1, -0.00012], é: '\u{1F600}"' };
    // As json.dump(indent=4) of Python 3.11 writes it.
    expect(openmixupEngine(floats).configText(value)).toBe(
      `{
    "a": [
        {
            "b/c": 1.0
        },
        1
    ],
    "d": [
        1,
        2.0
    ],
    "e": [
        1e-05,
        1e+16,
        0.1,
        -0.00012
    ],
    "\\u00e9": "\\ud83d\\ude00\\""
}`,
    );
  });
});
