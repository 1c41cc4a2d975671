import { mixlabSchema, type RunConfig } from '@mixlab/catalog';
import type { ConfigIssue, JsonObject } from '@mixlab/contracts';
import { describe, expect, it } from 'vitest';

const valid = {
  schemaVersion: 2,
  dataset: { name: 'birds', classes: 200, size: 224 },
  backbone: 'resnet50',
  mixMode: { name: 'cutmix' },
  maxEpochs: 100,
  batchSize: 256,
};

function issues(config: JsonObject): readonly ConfigIssue[] {
  const result = mixlabSchema.validate(config);
  return 'issues' in result ? result.issues : [];
}

function mixture(...methods: JsonObject[]): JsonObject[] {
  return methods.map((method) => ({ method, probability: 1 / methods.length }));
}

describe('the schema of run configs', () => {
  it('fills in every default', () => {
    const result = mixlabSchema.validate(valid);
    const config = 'value' in result ? result.value : ({} as RunConfig);
    expect(config.mixMode).toEqual({ name: 'cutmix', alpha: 1, perSample: false });
    expect(config.optimizer.lr).toBe(0.1);
    expect(config.runtime.evaluateEvery).toBe(1);
    expect(Object.values(config)).not.toContain(undefined);
  });

  it.each<[string, JsonObject, Partial<ConfigIssue>]>([
    ['an unknown field', { batchsize: 3 }, { code: 'unknown-path', path: 'batchsize', nearest: 'batchSize' }],
    [
      'an unknown nested field',
      { optimizer: { Lr: 1 } },
      { code: 'unknown-path', path: 'optimizer.Lr', nearest: 'lr' },
    ],
    [
      'an unknown parameter of a method',
      { mixMode: { name: 'mixup', alfa: 1 } },
      { code: 'unknown-path', path: 'mixMode.alfa', nearest: 'alpha' },
    ],
    ['an unknown method', { mixMode: { name: 'cutmx' } }, { path: 'mixMode.name', nearest: 'cutmix' }],
    [
      'alpha of zero',
      { mixMode: { name: 'mixup', alpha: 0 } },
      { path: 'mixMode.alpha', expected: 'more than 0', got: '0' },
    ],
    ['a fractional epoch', { maxEpochs: 1.5 }, { path: 'maxEpochs', expected: 'a whole number', got: '1.5' }],
    ['a string for a number', { batchSize: '256' }, { path: 'batchSize', expected: 'number', got: '"256"' }],
    ['a true for a number', { batchSize: true }, { path: 'batchSize', expected: 'number', got: 'true' }],
    ['a wrong choice', { precision: 'fp61' }, { path: 'precision', nearest: 'fp16' }],
    [
      'a short list',
      { inputs: { cropArea: [1] } },
      { path: 'inputs.cropArea', expected: 'at least 2 values' },
    ],
  ])('refuses %s', (_, change, expected) => {
    expect(issues({ ...valid, ...change })).toEqual([expect.objectContaining(expected)]);
  });

  it('refuses a missing field', () => {
    const { backbone: _, ...rest } = valid;
    expect(issues(rest)).toEqual([expect.objectContaining({ code: 'missing-value', path: 'backbone' })]);
  });

  const reader = { name: 'transmix' };
  it.each<[string, JsonObject]>([
    ['alone', reader],
    ['in a mixture', { name: 'oneOf', choices: mixture(reader, { name: 'mixup' }) }],
  ])('refuses a method that reads attention, %s, with a network that has none', (_, mixMode) => {
    const said = { path: 'backbone', got: '"resnet50"', message: expect.stringContaining('transmix reads') };
    expect(issues({ ...valid, mixMode })).toEqual([expect.objectContaining(said)]);
    expect(issues({ ...valid, mixMode, backbone: 'deit_small_patch16_224' })).toEqual([]);
  });

  // What timm and the training library make of these sizes was tried: the first fails in a step, the second does not.
  it.each([
    ['convnext_tiny', 31, 32, 'at least 32 pixels'],
    ['convnextv2_atto', 31, 32, 'at least 32 pixels'],
    ['pvt_tiny', 31, 32, 'at least 32 pixels'],
    ['vgg11', 31, 32, 'at least 32 pixels'],
    ['densenet121', 28, 29, 'at least 29 pixels'],
    ['inception_v3', 74, 75, 'at least 75 pixels'],
    ['xcit_nano_12_p16_224', 56, 48, 'a multiple of 16 pixels'],
    ['xcit_nano_12_p8_224', 28, 24, 'a multiple of 8 pixels'],
    ['maxvit_tiny_rw_224', 100, 128, 'a multiple of 32 pixels'],
  ])('knows which images %s refuses', (backbone, refused, taken, expected) => {
    const sized = (size: number) => ({ ...valid, backbone, dataset: { ...valid.dataset, size } });
    const said = { path: 'dataset.size', expected, got: String(refused) };
    expect(issues(sized(refused))).toEqual([expect.objectContaining(said)]);
    expect(issues(sized(taken))).toEqual([]);
    const inputs = { testSize: refused };
    expect(issues({ ...sized(taken), inputs })).toEqual([
      expect.objectContaining({ path: 'inputs.testSize' }),
    ]);
  });

  const attentive = { name: 'tokenmix', compat: 'openmixup' };
  const other = { name: 'attentivemix', compat: 'openmixup' };
  it.each<[string, JsonObject, boolean]>([
    ['alone, as it does', attentive, true],
    ['alone, as it does not', { name: 'tokenmix' }, false],
    ['in a mixture, as it does', { name: 'oneOf', choices: mixture(other, attentive) }, true],
    [
      'beside another with that value',
      { name: 'oneOf', choices: mixture({ name: 'tokenmix' }, other) },
      false,
    ],
  ])('refuses a method that reads attention with one value of a parameter, %s', (_, mixMode, isRefused) => {
    const said = {
      path: 'backbone',
      message: expect.stringContaining("tokenmix with compat: 'openmixup' reads"),
    };
    expect(issues({ ...valid, mixMode })).toEqual(isRefused ? [expect.objectContaining(said)] : []);
  });

  it('lets a mixture without such a method train any network', () => {
    const mixMode = { name: 'oneOf', choices: mixture({ name: 'cutmix' }, { name: 'mixup' }) };
    expect(issues({ ...valid, mixMode })).toEqual([]);
  });

  it('reports all problems at once', () => {
    const paths = issues({ ...valid, maxEpochs: 0, optimizer: { lr: -1 }, nme: 1 }).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['maxEpochs', 'nme', 'optimizer.lr']);
  });

  it('holds the rules between fields', () => {
    const choice = (probability: number) => ({ method: { name: 'vanilla' }, probability });
    const mixture = { name: 'oneOf', choices: [choice(0.5), choice(0.4)] };
    expect(issues({ ...valid, mixMode: mixture })).toEqual([
      expect.objectContaining({ path: 'mixMode.choices', expected: '1', got: '0.9' }),
    ]);
    expect(issues({ ...valid, schedule: { warmupEpochs: 101 } })).toEqual([
      expect.objectContaining({ path: 'schedule.warmupEpochs' }),
    ]);
    expect(issues({ ...valid, inputs: { cropArea: [0.9, 0.1] } })).toEqual([
      expect.objectContaining({ path: 'inputs.cropArea.0', got: '0.9' }),
    ]);
  });
});

describe('checking field by field', () => {
  const fieldwise = mixlabSchema.fieldwise;

  it('gives what checking the whole gives', () => {
    const whole = mixlabSchema.validate(valid);
    const fields = Object.keys(mixlabSchema.jsonSchema.properties ?? {}).map((field) => {
      const result = fieldwise?.validate(field, (valid as JsonObject)[field]);
      return [field, result && 'value' in result ? result.value : result];
    });
    expect('value' in whole && whole.value).toEqual(Object.fromEntries(fields));
  });

  it('refuses what checking the whole refuses', () => {
    expect(fieldwise?.validate('optimizer', { lr: -1, Lr: 1 })).toEqual({
      issues: [
        expect.objectContaining({ path: 'optimizer.lr' }),
        expect.objectContaining({ path: 'optimizer.Lr' }),
      ],
    });
    expect(fieldwise?.validate('bachSize', 3)).toEqual({
      issues: [expect.objectContaining({ code: 'unknown-path', path: 'bachSize', nearest: 'batchSize' })],
    });
    expect(fieldwise?.validate('backbone', undefined)).toEqual({
      issues: [expect.objectContaining({ code: 'missing-value', path: 'backbone' })],
    });
  });
});
