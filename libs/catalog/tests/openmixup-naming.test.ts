import type { JsonValue } from '@mixlab/contracts';
import { openMixupNaming, type OpenMixupNames } from '@mixlab/catalog/openmixup-naming';
import { describe, expect, it } from 'vitest';

const base = 'configs/classification/cifar10/mixups/basic/r18_mixups_CE_none.py';

/** Where OpenMixup's generator would put the config with these values, of which the first makes a folder. */
function fileOf(varied: Readonly<Record<string, JsonValue>>, names: Partial<OpenMixupNames> = {}): string {
  const config: Record<string, Record<string, JsonValue>> = {};
  for (const [path, value] of Object.entries(varied)) {
    const [field = '', key = ''] = path.split('.');
    (config[field] ??= {})[key] = value;
  }
  const paths = Object.keys(varied);
  return openMixupNaming({ base, folders: paths.slice(0, 1), ...names }).path(config, paths);
}

describe('the files of OpenMixup', () => {
  it('lie beside the base config, by backbone, folders and parameters', () => {
    const varied = { 'model.mix_mode': 'mixup', 'model.alpha': 0.2, 'runner.max_epochs': 400 };
    expect(fileOf(varied, { abbreviations: { max_epochs: 'ep' } })).toBe(
      'configs/classification/cifar10/mixups/basic/r18/mix_modemixup/r18_mixups_CE_none_alpha0_2_ep400.json',
    );
  });

  it.each<[JsonValue, string]>([
    [true, 'True'],
    [null, 'None'],
    [1, '1'],
    [0.0005, '0_0005'],
    [1e-5, '1e-05'],
    [2.5e-7, '2_5e-07'],
    [1.5e16, '1_5e+16'],
    [1e22, '1e+22'],
    [-0.05, '-0_05'],
    ['a', 'a'],
    [[1], '[1]'],
  ])('spell %j as Python does', (value, expected) => {
    expect(fileOf({ 'model.x': value })).toContain(`/x${expected}/`);
  });

  it('keep what JSON does not tell: 1.0 is another name than 1', () => {
    const spelling = { 'model.alpha': { '1': '1.0' } };
    expect(fileOf({ 'model.alpha': 1 }, { spelling })).toContain('/alpha1_0/');
  });

  // Defects of OpenMixup's generator, by what is in the value or in the base path.
  it.each<[string, JsonValue, string]>([
    ['a slash', 'checkpoints/a.pth', 'checkpoints_a_pth'],
    ['a way out', '../../etc', '______etc'],
    ['spaces', 'a  b', 'a_b'],
    ['a command', '$(rm -rf ~); `x`', '_rm_-rf_x_'],
    ['a list', ['mixup', 'cutmix'], '[_mixup_,_cutmix_]'],
    ['quotes', `it's "x"`, 'it_s_x_'],
  ])('a value with %s is one part of a path, fit for a shell', (_, value, expected) => {
    const path = fileOf({ 'model.mix_mode': 'mixup', 'model.x': value });
    expect(path).toBe(
      `configs/classification/cifar10/mixups/basic/r18/mix_modemixup/r18_mixups_CE_none_x${expected}.json`,
    );
  });

  it('a base path with dots keeps its folder', () => {
    const path = fileOf({ 'model.alpha': 0.2 }, { base: 'configs/v1.0/r50_base.v2.py' });
    expect(path).toBe('configs/v1.0/r50/alpha0_2/r50_base.json');
  });

  it('a name that is too long for a file system is cut', () => {
    const path = fileOf({ 'model.mix_mode': 'a', 'model.x': 'y'.repeat(400) });
    expect(path.split('/').at(-1)).toHaveLength(205);
  });
});
