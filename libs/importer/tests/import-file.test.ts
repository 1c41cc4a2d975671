import { formatIssue } from '@mixlab/contracts';
import { createPythonParser, importFile } from '@mixlab/importer';
import type { ImportedFile } from '@mixlab/importer';
import { format, resolveConfig } from 'prettier';
import { beforeAll, describe, expect, it } from 'vitest';

let parser: Awaited<ReturnType<typeof createPythonParser>>;
beforeAll(async () => {
  parser = await createPythonParser();
});

const base = `
data_source = dict(type='Flowers', root='data/flowers')
model = dict(type='Mixer', alpha=1.0, mix_mode='mixup', head=dict(loss=dict(type='CE', use_soft=False)))
data = dict(train=dict(source=data_source, pipeline=[dict(type='Resize', size=224), dict(type='Flip')]))
optimizer = dict(type='SGD', lr=0.1)
runner = dict(type='EpochBasedRunner', max_epochs=100)
`;

interface Script {
  readonly path?: string;
  readonly base?: string;
  readonly folders?: string;
  readonly parameters?: string;
  readonly keepDefects?: boolean;
  readonly more?: string;
}

/** Imports a script of a checkout that holds one base config. */
function imported(script: Script): ImportedFile {
  const path = '/om/configs/flowers/auto_train.py';
  const files: Record<string, string> = {
    [path]: `from openmixup.utils import ConfigGenerator

base_path = '${script.base ?? 'configs/flowers/basic/r18_mix.py'}'
model_var = ${script.folders ?? "{'model.mix_mode': ['mixup', 'cutmix']}"}
gm_var = ${script.parameters ?? "{'model.alpha': [0.2, 1.0], 'runner.max_epochs': [100, 300]}"}
ConfigGenerator(base_path, 4).generate(model_var, gm_var, {'max_epochs': 'ep'})
${script.more ?? ''}`,
    '/om/configs/flowers/basic/r18_mix.py': base,
    '/om/configs/flowers/basic/r50_mix.py': base,
  };
  const disk = { read: (file: string) => files[file] ?? '', exists: (file: string) => file in files };
  return importFile({ parser, files: disk, path, keepDefects: script.keepDefects ?? false });
}

/** The texts of its experiments. */
const textsOf = ({ modules }: ImportedFile) =>
  modules.filter(({ kind }) => kind === 'experiment').map(({ text }) => text);

const told = ({ issues, notes }: ImportedFile) => ({
  issues: issues.map(formatIssue),
  notes: notes.map(formatIssue),
});

describe('a script as a module', () => {
  it('is an experiment over its base config, formatted as Prettier does', async () => {
    const { modules, ...told } = imported({});
    expect(told).toEqual({ issues: [], notes: [] });
    const anyDigest = modules.map((module) => ({
      ...module,
      text: module.text.replace(/\([0-9a-f]{12}\)/, '(DIGEST)'),
    }));
    expect(anyDigest).toEqual([
      {
        kind: 'base',
        path: 'openmixup/flowers/basic/r18_mix.base.ts',
        text: `// The base config configs/flowers/basic/r18_mix.py, flattened: \`mixlab import\` writes it anew unless it was changed (DIGEST).

const base = {
  data_source: { type: 'Flowers', root: 'data/flowers' },
  model: { type: 'Mixer', alpha: 1, mix_mode: 'mixup', head: { loss: { type: 'CE', use_soft: false } } },
  data: {
    train: {
      source: { type: 'Flowers', root: 'data/flowers' },
      pipeline: [{ type: 'Resize', size: 224 }, { type: 'Flip' }],
    },
  },
  optimizer: { type: 'SGD', lr: 0.1 },
  runner: { type: 'EpochBasedRunner', max_epochs: 100 },
} as const;

export default base;

// Its whole numbers that are floats to Python.
export const floats: readonly string[] = ['/model/alpha'];
`,
      },
      {
        kind: 'experiment',
        path: 'openmixup/flowers/auto_train.config.ts',
        text: `// The sweep of configs/flowers/auto_train.py, read by \`mixlab import\`: this file is yours to edit.
import { defineOpenMixupSweep, vary } from '@mixlab/dsl';
import base, { floats } from './basic/r18_mix.base.ts';

export default defineOpenMixupSweep(base, {
  floats,
  names: {
    base: 'configs/flowers/basic/r18_mix.py',
    folders: ['model.mix_mode'],
    abbreviations: { max_epochs: 'ep' },
    spelling: { 'model.alpha': { '1': '1.0' } },
  },
})({
  name: 'openmixup/flowers/auto_train',
  'model.mix_mode': vary('mixup', 'cutmix'),
  'model.alpha': vary(0.2, 1),
  'runner.max_epochs': vary(100, 300),
  launch: { gpusPerRun: 4 },
});
`,
      },
    ]);
  });

  it.each<[string, Script]>([
    [
      'long lists',
      { parameters: `{'model.alpha': [x / 7 for x in range(40)], 'model.x': [[1.5] * 60, ['a b'] * 30]}` },
    ],
    [
      'quotes',
      {
        parameters: `{'model.text': ["it's", 'a "b"', "it's \\"b\\"", 'back\\\\slash', None, True, {'a-b': {}}]}`,
      },
    ],
    ['a missing base', { base: 'configs/flowers/basic/r34.py' }],
    ['what is unknown', { parameters: `{'model.alpha': [0.2, input()], 'model.beta': input()}` }],
    [
      'new fields',
      { parameters: `{'optimizer.nesterov': [True, False], 'model.head.loss.weights': [[1, 2]]}` },
    ],
    ['defects', { parameters: `{'total_epochs': [1, 2]}`, keepDefects: true }],
  ])('with %s is formatted as Prettier does', async (_, script) => {
    const options = await resolveConfig(import.meta.filename);
    for (const { text } of imported(script).modules)
      expect(text).toBe(await format(text, { ...options, parser: 'typescript' }));
  });

  it('for each of several sweeps is named after their bases', () => {
    const again = `ConfigGenerator('configs/flowers/basic/r50_mix.py', 1).generate(model_var, gm_var, {})`;
    const { modules } = imported({ more: `${again}\n${again}` });
    expect(modules.map(({ path }) => path)).toEqual([
      'openmixup/flowers/basic/r18_mix.base.ts',
      'openmixup/flowers/basic/r50_mix.base.ts',
      'openmixup/flowers/auto_train-r18_mix.config.ts',
      'openmixup/flowers/auto_train-r50_mix.config.ts',
      'openmixup/flowers/auto_train-r50_mix-2.config.ts',
    ]);
  });
});

describe('a config', () => {
  const config = (text: string) => {
    const files: Record<string, string> = { '/om/configs/a/r18.py': text };
    const disk = { read: (file: string) => files[file] ?? '', exists: (file: string) => file in files };
    return importFile({ parser, files: disk, path: '/om/configs/a/r18.py', keepDefects: false });
  };

  it('is a sweep of one run', () => {
    const { modules, issues } = config('model = dict(alpha=1)\n');
    expect(issues).toEqual([]);
    expect(modules.map(({ path }) => path)).toEqual(['openmixup/a/r18.base.ts', 'openmixup/a/r18.config.ts']);
    expect(modules[1]?.text).toContain("({\n  name: 'openmixup/a/r18',\n  launch: { gpusPerRun: 1 },\n});");
  });

  it.each(["_base_ = './nowhere.py'", 'model = nothing', 'model = dict(', 'from x import ConfigGenerator'])(
    'like `%s` gives no module',
    (text) => {
      const { modules, issues } = config(`${text}\n`);
      expect(modules).toEqual([]);
      expect(issues.length).toBeGreaterThan(0);
    },
  );
});

// OpenMixup's own generator goes wrong in each of these.
describe('a defect of a script', () => {
  const at = '/om/configs/flowers/auto_train.py:5:11';

  it('an axis that nothing reads is told, with the path that is read', () => {
    const script = { parameters: `{'total_epochs': [400, 800]}` };
    const strict = imported(script);
    expect(told(strict).issues).toEqual([
      `${at}: total_epochs: OpenMixup reads nothing there (did you mean runner.max_epochs?)`,
    ]);
    expect(textsOf(strict)[0]).toContain('\n  total_epochs: vary(400, 800),\n');
    expect(textsOf(strict)[0]).not.toContain('extended');
    const kept = imported({ ...script, keepDefects: true });
    expect(told(kept)).toEqual({ issues: [], notes: told(strict).issues });
    expect(textsOf(kept)[0]).toContain('const extended = {\n  ...base,\n  total_epochs: 400,\n};');
    expect(textsOf(kept)[0]).toContain('\n  keepDefects: true,\n');
  });

  it('an axis of a variable that was copied is told, with the copies', () => {
    expect(told(imported({ parameters: `{'data_source.root': ['a', 'b']}` })).issues).toEqual([
      `${at}: data_source.root: OpenMixup reads nothing there (did you mean data.train.source.root?)`,
    ]);
  });

  it('a typo is told, whether it is the last key or another', () => {
    const { issues } = told(
      imported({ parameters: `{'runner.max_epoch': [1], 'modle.head.loss.use_soft': [True]}` }),
    );
    expect(issues).toEqual([
      `${at}: runner.max_epoch: the base config has no "max_epoch" there (did you mean runner.max_epochs?)`,
      '/om/configs/flowers/auto_train.py:5:36: modle.head.loss.use_soft: there is no "modle" in the base config (did you mean model.head.loss.use_soft?)',
    ]);
  });

  it('a parameter that the base config leaves out is added to it, and said', () => {
    const found = imported({
      parameters: `{'optimizer.nesterov': [True, False], 'model.head.loss.weights': [[1, 2]]}`,
    });
    expect(told(found)).toMatchObject({ issues: [], notes: { length: 2 } });
    expect(textsOf(found)[0]).toContain(`const extended = {
  ...base,
  optimizer: { ...base.optimizer, nesterov: true },
  model: { ...base.model, head: { ...base.model.head, loss: { ...base.model.head.loss, weights: [1, 2] } } },
};`);
  });

  it.each(['/om/configs/flowers/basic/r18_mix.py', './configs/flowers/basic/../basic/r18_mix.py'])(
    'a base path like %s is one of the checkout',
    (path) => {
      const found = imported({ base: path });
      expect(found.issues).toEqual([]);
      expect(textsOf(found)[0]).toContain(`    base: 'configs/flowers/basic/r18_mix.py',\n`);
      expect(textsOf(found)[0]).toContain(`import base, { floats } from './basic/r18_mix.base.ts';\n`);
    },
  );

  it('a base that does not exist is told, and left as a todo', () => {
    const found = imported({ base: 'configs/flowers/basic/r34.py' });
    expect(told(found).issues).toEqual([
      '/om/configs/flowers/auto_train.py:6:1: there is no such base config, here or in a folder above (got configs/flowers/basic/r34.py)',
    ]);
    expect(textsOf(found)[0]).toContain(
      "const base = todo('configs/flowers/auto_train.py:6: there is no configs/flowers/basic/r34.py');",
    );
  });

  it('what only Python knows is told with its place, and left as a todo', () => {
    const found = imported({ parameters: `{'model.alpha': [0.2, input()], 'model.beta': input()}` });
    const why = '`builtins.input(…)` is known only when Python runs';
    expect(told(found).issues).toEqual([
      `/om/configs/flowers/auto_train.py:5:32: model.alpha: ${why}`,
      `/om/configs/flowers/auto_train.py:5:56: model.beta: ${why}`,
    ]);
    const todo = `todo('configs/flowers/auto_train.py:5: ${why}')`;
    expect(
      textsOf(found)[0]
        ?.replaceAll(/\n {4}/g, '')
        .replaceAll(',\n  )', ')'),
    ).toContain(`'model.alpha': vary(0.2,${todo}),\n  'model.beta': ${todo},`);
  });
});
