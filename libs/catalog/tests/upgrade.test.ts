import { renameOf, upgradePath, upgradeRunConfig } from '@mixlab/catalog/upgrade';
import type { JsonObject, JsonValue, Migration } from '@mixlab/contracts';
import { describe, expect, it } from 'vitest';

/** Versions that there are not: those of libs/training/tests/test_migrations.py. */
const migrations: readonly Migration[] = [
  {
    version: 2,
    changes: [
      { kind: 'renamed', path: 'inputs.erase', to: 'inputs.erasing' },
      { kind: 'default', path: 'optimizer.lr', before: 0.5 },
      { kind: 'renamed', method: 'mixup', path: 'alpha', to: 'beta' },
    ],
  },
  {
    version: 3,
    changes: [
      { kind: 'renamed', path: 'inputs.erasing', to: 'inputs.eraseShare' },
      { kind: 'renamed', path: 'testBatchSize', to: 'runtime.testBatchSize' },
      { kind: 'default', method: 'mixup', path: 'beta', before: 3 },
      { kind: 'default', path: 'optimizer.lr', before: 0.4 },
    ],
  },
];

describe('a run config of an older version', () => {
  const mixture = (parameters: JsonObject): JsonObject => ({
    name: 'oneOf',
    choices: [{ probability: 1, method: { name: 'mixup', ...parameters } }],
  });

  it('goes through every version, and is not changed in place', () => {
    const config = {
      schemaVersion: 1,
      inputs: { erase: 0.2 },
      testBatchSize: 8,
      mixMode: mixture({ alpha: 2 }),
    };
    const before = JSON.stringify(config);
    expect(upgradeRunConfig(config, migrations)).toEqual({
      schemaVersion: 3,
      inputs: { eraseShare: 0.2 },
      runtime: { testBatchSize: 8 },
      optimizer: { lr: 0.5 },
      mixMode: mixture({ beta: 2 }),
    });
    expect(JSON.stringify(config)).toBe(before);
    const second = { schemaVersion: 2, mixMode: { name: 'mixup' } };
    expect(upgradeRunConfig(second, migrations)).toEqual({
      schemaVersion: 3,
      mixMode: { name: 'mixup', beta: 3 },
      optimizer: { lr: 0.4 },
    });
  });

  it.each<JsonValue>([3, null, [], 'text'])('with %j for a part is left to the check', (part) => {
    const config = { schemaVersion: 1, inputs: part, optimizer: part, runtime: part, mixMode: part };
    expect(upgradeRunConfig(config, migrations)).toEqual({ ...config, schemaVersion: 3 });
  });

  it('with both names is left to the check', () => {
    const inputs = { erase: 0.1, erasing: 0.2, eraseShare: 0.3 };
    expect(upgradeRunConfig({ schemaVersion: 1, inputs }, migrations)).toMatchObject({ inputs });
  });

  it('has its paths where they are by now', () => {
    expect(upgradePath('inputs.erase', undefined, 1, migrations)).toBe('inputs.eraseShare');
    expect(upgradePath('inputs.erase', undefined, 2, migrations)).toBe('inputs.erase');
    expect(upgradePath('mixMode.alpha', 'mixup', 1, migrations)).toBe('mixMode.beta');
    expect(upgradePath('mixMode.alpha', 'cutmix', 1, migrations)).toBe('mixMode.alpha');
  });
});

it.each([
  ['inputs.erase', { to: 'inputs.eraseShare', version: 3 }],
  ['inputs.erasing', { to: 'inputs.eraseShare', version: 3 }],
  ['mixMode[2].alpha', { to: 'beta', version: 2 }],
  ['mixMode.choices[0].method.alpha', { to: 'beta', version: 2 }],
  ['optimizer.alpha', undefined],
  ['optimizer.lr', undefined],
])('the former name %s leads to the one of today', (path, rename) => {
  expect(renameOf(path, migrations)).toEqual(rename);
});
