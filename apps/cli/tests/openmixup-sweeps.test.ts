import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** What OpenMixup's own generator wrote for two of its scripts. */
const real = join(import.meta.dirname, 'openmixup');
const cifar10 = 'configs/classification/cifar10/mixups/basic';
const cifar100 = 'configs/classification/cifar100/automix/basic';

interface Script {
  readonly path: string;
  readonly base: string;
  readonly folders: string;
  readonly parameters: string;
  readonly abbreviations?: string;
}

let workspace: Workspace;
let checkout: string;

beforeAll(() => {
  workspace = makeWorkspace({ 'configs/.keep': '' });
  checkout = join(workspace.home, 'checkout');
  // A base config is as good as JSON: any file that was generated from it, without what was added.
  baseFrom(
    `${cifar10}/r18/mix_modemixup/r18_mixups_CE_none_multi_mode_alpha1_ep400.json`,
    `${cifar10}/r18_mixups_CE_none_multi_mode.json`,
  );
  baseFrom(
    `${cifar100}/r18/unsampling_modenearest/r18_l2_a2_near_L1_01_mlr5e_2_ep400.json`,
    `${cifar100}/r18_l2_a2_near_L1_01_mlr5e_2.json`,
  );
});
afterAll(() => workspace.remove());

function baseFrom(output: string, base: string): void {
  put(base, readFileSync(join(real, output), 'utf8').replace(/,\n    "total_epochs": \d+/, ''));
}

function put(path: string, text: string): void {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), text);
}

function putScript({
  path,
  base,
  folders,
  parameters,
  abbreviations = "{'max_epochs': 'ep'}",
}: Script): void {
  const lines = [
    'from openmixup.utils import ConfigGenerator',
    'def main():',
    `    base_path = '${base}'`,
    `    model_var = ${folders}`,
    `    gm_var = ${parameters}`,
    `    ConfigGenerator(base_path, num_device=1).generate(model_var, gm_var, ${abbreviations})`,
    "if __name__ == '__main__':",
    '    main()',
  ];
  put(path, `${lines.join('\n')}\n`);
}

function mixlab(...argv: string[]) {
  return inProcess(workspace.home, ...argv);
}

/** The JSON files below a folder by path. */
function configsIn(root: string, folder: string): Record<string, string> {
  const paths = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\/.*\.json$/.test(path),
  );
  return Object.fromEntries(
    paths.sort().map((path) => [path, readFileSync(join(root, folder, path), 'utf8')]),
  );
}

function valueIn(config: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], config);
}

const mixups: Script = {
  path: 'configs/classification/cifar10/mixups/auto_train_mixups.py',
  base: `${cifar10}/r18_mixups_CE_none_multi_mode.json`,
  folders: "{'model.mix_mode': ['mixup']}",
  parameters: "{'model.alpha': [0.2, 1], 'runner.max_epochs': [400, 800, 1200]}",
};
const automix: Script = {
  path: 'configs/classification/cifar100/automix/auto_train_automix.py',
  base: `${cifar100}/r18_l2_a2_near_L1_01_mlr5e_2.json`,
  folders: "{'model.mix_block.unsampling_mode': ['nearest']}",
  parameters: "{'total_epochs': [400, 800, 1200]}",
  abbreviations: "{'total_epochs': 'ep'}",
};
const configs = (...experiments: string[]) =>
  mixlab(
    'configs',
    '--naming=openmixup',
    '--out=checkout',
    ...experiments.map((name) => `--experiment=${name}`),
  );
const done = { exitCode: 0, stderr: '' };

describe('sweep scripts of OpenMixup', () => {
  it('give the files of its own generator, byte for byte', async () => {
    for (const script of [mixups, automix]) putScript(script);
    const scripts = [mixups, automix].map(({ path }) => `checkout/${path}`);
    expect(await mixlab('import', '--keep-defects', ...scripts)).toMatchObject({
      ...done,
      stdout: `wrote configs/openmixup/classification/cifar10/mixups/basic/r18_mixups_CE_none_multi_mode.base.ts
wrote configs/openmixup/classification/cifar10/mixups/auto_train_mixups.config.ts
wrote configs/openmixup/classification/cifar100/automix/basic/r18_l2_a2_near_L1_01_mlr5e_2.base.ts
wrote configs/openmixup/classification/cifar100/automix/auto_train_automix.config.ts
note: checkout/${automix.path}:5:15: total_epochs: OpenMixup reads nothing there (did you mean runner.max_epochs?)
`,
    });
    expect(await configs()).toMatchObject(done);
    expect(configsIn(checkout, cifar10)).toEqual(configsIn(real, cifar10));
    expect(configsIn(checkout, cifar100)).toEqual(configsIn(real, cifar100));
  });

  it('are written by the one writer: what was changed by hand stops it, what left the sweep goes', async () => {
    const name = 'openmixup/classification/cifar10/mixups/auto_train_mixups';
    const folder = `${cifar10}/r18/mix_modemixup`;
    const file = `${folder}/r18_mixups_CE_none_multi_mode_alpha1_ep400.json`;
    const before = readFileSync(join(checkout, file), 'utf8');
    put(file, '{}');
    expect(await configs(name)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `checkout/${file} was changed after Mixlab wrote it; --force overwrites it\n`.replace(
        'checkout',
        join(checkout),
      ),
    });
    put(file, before);
    const authored = `configs/${name}.config.ts`;
    workspace.write(authored, workspace.read(authored).replace('400, 800', '400'));
    expect(await configs(name)).toMatchObject(done);
    expect(Object.keys(configsIn(checkout, cifar10))).toHaveLength(4);
    expect(await mixlab('import', `checkout/${mixups.path}`)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${authored} is there, with another text; --force overwrites it\nnothing was written\n`,
    });
  });
});

describe('a defect of OpenMixup', () => {
  it('an axis that nothing reads, and keys that overlap, are told by import, editor and generator', async () => {
    const path = 'configs/classification/cifar100/automix/strict.py';
    putScript({
      ...automix,
      path,
      parameters:
        "{'total_epochs': [400, 800], 'model.head_one.loss.use_soft': [True], 'model.head_one': [None]}",
    });
    expect(await mixlab('import', `checkout/${path}`)).toMatchObject({
      exitCode: 1,
      stderr: `checkout/${path}:5:15: total_epochs: OpenMixup reads nothing there (did you mean runner.max_epochs?)
to be put right by hand; the generator refuses it until then
`,
    });
    const { exitCode, stderr } = await configs('openmixup/classification/cifar100/automix/strict');
    const authored = 'configs/openmixup/classification/cifar100/automix/strict.config.ts';
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `${authored}:15:3: total_epochs: nothing in openmixup reads \`total_epochs\` (did you mean runner.max_epochs?)
${authored}:17:3: model.head_one: \`model.head_one\` and \`model.head_one.loss.use_soft\` set the same value: write it in one place
2 problems; nothing was written
`,
    });
    rmSync(join(workspace.home, authored));
  });

  it('two sweeps that would write one file, each another one, are told', async () => {
    const path = 'configs/classification/cifar100/automix/clash.py';
    putScript({
      ...automix,
      path,
      parameters: "{'runner.max_epochs': [400]}",
      abbreviations: "{'max_epochs': 'ep'}",
    });
    expect(await mixlab('import', `checkout/${path}`)).toMatchObject(done);
    const folder = 'openmixup/classification/cifar100/automix';
    const { exitCode, stderr } = await configs(`${folder}/auto_train_automix`, `${folder}/clash`);
    const file = `${cifar100}/r18/unsampling_modenearest/r18_l2_a2_near_L1_01_mlr5e_2_ep400.json`;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: `configs/${folder}/clash.config.ts:1:1: --naming: the experiments ${folder}/auto_train_automix and ${folder}/clash would both write ${file}
nothing was written
`,
    });
  });

  it('values of any kind, names that clash and elements of lists', async () => {
    const path = 'configs/classification/cifar100/automix/odd.py';
    putScript({
      ...automix,
      path,
      folders: "{'model.pretrained': ['a/b.pth', 'a_b_pth', '$(touch x)', '../x y']}",
      parameters:
        "{'data.train.pipeline.0.size': [32], 'model.mix_block.unsampling_mode': [['nearest', 'bilinear']]}",
    });
    expect(await mixlab('import', `checkout/${path}`)).toMatchObject(done);
    expect(await configs('openmixup/classification/cifar100/automix/odd')).toMatchObject(done);
    const found = Object.entries(configsIn(checkout, cifar100)).filter(([file]) =>
      file.includes('pretrained'),
    );
    const hash = /-[0-9a-f]{8}\.json$/;
    const rest = 'r18_l2_a2_near_L1_01_mlr5e_2_size32_unsampling_mode[_nearest_,_bilinear_]';
    expect(
      found.map(([file, text]) => [
        file.replace(hash, '-HASH.json'),
        valueIn(JSON.parse(text), 'model', 'pretrained'),
      ]),
    ).toEqual([
      [`r18/pretrained___x_y/${rest}.json`, '../x y'],
      [`r18/pretrained_touch_x_/${rest}.json`, '$(touch x)'],
      [`r18/pretraineda_b_pth/${rest}-HASH.json`, expect.stringMatching(/^a.b.pth$/)],
      [`r18/pretraineda_b_pth/${rest}-HASH.json`, expect.stringMatching(/^a.b.pth$/)],
    ]);
    const sizes = found.map(([, text]) =>
      valueIn(JSON.parse(text), 'data', 'train', 'pipeline', '0', 'size'),
    );
    expect(sizes).toEqual([32, 32, 32, 32]);
  });
});

describe('mixlab import of a config', () => {
  const config = ['import os', "model = dict(type='Mixed', alpha=1.0)", 'runner = dict(max_epochs=3)'];
  const base = 'configs/openmixup/flowers/r18.base.ts';

  it('makes an experiment of any name, and says what in JSON', async () => {
    put('configs/flowers/r18.py', [...config, 'root = os.environ["DATA"]', ''].join('\n'));
    const { exitCode, stdout } = await mixlab(
      'import',
      '--name=mine/r18',
      '--json',
      'checkout/configs/flowers/r18.py',
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      files: [
        { file: base, kind: 'base', state: 'wrote' },
        { file: 'configs/mine/r18.config.ts', kind: 'experiment', state: 'wrote' },
      ],
      issues: [{ code: 'not-static', path: 'root', at: { line: 4, column: 8 } }],
      notes: [],
    });
    expect(await configs('mine/r18')).toMatchObject({
      exitCode: 2,
      stderr: `${base}:7:3: root: this is still to be filled in: configs/flowers/r18.py:4: \`os.environ\` is known only when Python runs
nothing was written
`,
    });
  });

  it('leaves a base config alone that somebody filled in, and writes an old one anew', async () => {
    put('configs/flowers/r18.py', [...config, 'root = "new"', ''].join('\n'));
    const argv = ['import', '--name=mine/r18', 'checkout/configs/flowers/r18.py'];
    const made = workspace.read(base);
    workspace.write(base, made.replace(/todo\(.*\)/, "'data'"));
    expect(await mixlab(...argv)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `${base} is there, with another text; --force overwrites it\nnothing was written\n`,
    });
    workspace.write(base, made);
    expect(await mixlab(...argv)).toEqual({
      exitCode: 0,
      stdout: `wrote ${base}\nunchanged configs/mine/r18.config.ts\n`,
      stderr: '',
    });
    const slip = workspace
      .read('configs/mine/r18.config.ts')
      .replace('launch:', "'runner.max_epoch': 4,\n  launch:");
    workspace.write('configs/mine/r18.config.ts', slip);
    const { exitCode, stderr } = await configs('mine/r18');
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^configs\/mine\/r18\.config\.ts:\d+:\d+: runner\.max_epoch: .*did you mean runner\.max_epochs\?/,
      ),
    });
    rmSync(join(workspace.home, 'configs/mine/r18.config.ts'));
  });
});
