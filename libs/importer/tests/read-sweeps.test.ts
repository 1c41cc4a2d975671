import { createPythonParser, evaluateModule, pythonRepr } from '@mixlab/importer';
import { readSweeps } from '../src/sweep/read-sweeps.ts';
import type { ReadSweeps } from '../src/sweep/read-sweeps.ts';
import { isOpen } from '../src/sweep/script-sweep.ts';
import type { ScriptSweep } from '../src/sweep/script-sweep.ts';
import { formatIssue } from '@mixlab/contracts';
import { beforeAll, describe, expect, it } from 'vitest';

let parser: Awaited<ReturnType<typeof createPythonParser>>;
beforeAll(async () => {
  parser = await createPythonParser();
});

/** The sweeps of a script that imports the generator. */
function read(...lines: string[]): ReadSweeps {
  const text = ['from openmixup.utils import ConfigGenerator', ...lines].join('\n');
  const { calls, issues } = evaluateModule(
    parser,
    { read: () => text, exists: () => true },
    '/om/auto_train.py',
  );
  expect(issues).toEqual([]);
  return readSweeps(calls);
}

/** `base ×devices | folder=[…] | parameter=[…]` of each sweep, in Python's words. */
function shown({ sweeps }: ReadSweeps): string[] {
  return sweeps.map(({ base, devices, folders, parameters }) => {
    const head = `${text(base.value)} x${text(devices.value)}`;
    return [head, axes(folders), axes(parameters)].join(' | ');
  });
}

function axes(found: ScriptSweep['folders']): string {
  if (isOpen(found)) return '?';
  return found
    .map(({ path, values }) => `${path}=${isOpen(values) ? '?' : `[${values.map(text).join(', ')}]`}`)
    .join(' ');
}

function text(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : isOpen(value) ? '?' : pythonRepr(value as never);
}

const generate = 'ConfigGenerator(base_path, num_device).generate(model_var, gm_var, abbs)';
const script = (...inner: string[]) => [
  `base_path = 'configs/a/r18.py'`,
  `abbs = {'max_epochs': 'ep'}`,
  `model_var = {'model.mix_mode': ['mixup', 'cutmix',]}`,
  `gm_var = {'model.alpha': [0.2, 1,], 'runner.max_epochs': [400]}`,
  `num_device = 1`,
  ...inner,
];
const usual = 'model.mix_mode=[mixup, cutmix] | model.alpha=[0.2, 1] runner.max_epochs=[400]';

describe('a sweep script', () => {
  it('is read as it is written: keywords, a main function, the last of several bases', () => {
    const found = read(
      'def main():',
      ...script(
        `base_path = 'configs/b/r50.py'  # the last one counts`,
        'generator = ConfigGenerator(base_path=base_path, num_device=num_device)',
        'generator.generate(gm_var=gm_var, model_var=model_var, abbs=abbs)',
      ).map((line) => `    ${line}`),
      `if __name__ == '__main__':`,
      '    main()',
    );
    expect(shown(found)).toEqual([`configs/b/r50.py x1 | ${usual}`]);
    expect(found.sweeps[0]?.abbreviations).toEqual({ max_epochs: 'ep' });
    expect(found.sweeps[0]?.at).toMatchObject({ file: '/om/auto_train.py', line: 10 });
    expect(found.issues).toEqual([]);
  });

  it('may change its grid between two calls, which see what it was then', () => {
    const found = read(
      ...script(
        'generator = ConfigGenerator(base_path, num_device)',
        'generator.generate(model_var, gm_var, abbs)',
        `gm_var['model.alpha'] = [2]`,
        `model_var['model.mix_mode'].append('fmix')`,
        `gm_var.pop('runner.max_epochs')`,
        'generator.generate(model_var, gm_var, abbs)',
      ),
    );
    expect(shown(found).map((line) => line.split(' | ').slice(1))).toEqual([
      ['model.mix_mode=[mixup, cutmix]', 'model.alpha=[0.2, 1] runner.max_epochs=[400]'],
      ['model.mix_mode=[mixup, cutmix, fmix]', 'model.alpha=[2]'],
    ]);
  });

  it('may loop over bases, and compute values', () => {
    const found = read(
      ...script(
        `gm_var = dict(**{'model.alpha': [x / 4 for x in range(1, 3)], 'optimizer.lr': (0.1 * 2,)})`,
        'for depth in (18, 50):',
        `    base_path = f'configs/a/r{depth}.py'`,
        `    ${generate}`,
      ),
    );
    expect(shown(found)).toEqual(
      [18, 50].map(
        (depth) =>
          `configs/a/r${depth}.py x1 | model.mix_mode=[mixup, cutmix] | model.alpha=[0.25, 0.5] optimizer.lr=[0.2]`,
      ),
    );
  });

  it('with argparse is read as it runs without arguments', () => {
    const found = read(
      'import argparse',
      ...script(
        'parser = argparse.ArgumentParser()',
        `parser.add_argument('--base-path', '-b', type=str, default='configs/c/r34.py')`,
        `parser.add_argument('-n', dest='gpus', type=int, default='4')`,
        `parser.add_argument('--soft', action='store_true')`,
        'args = parser.parse_args()',
        `gm_var = {'model.soft': [args.soft]}`,
        'ConfigGenerator(args.base_path, args.gpus).generate(model_var, gm_var, abbs)',
      ),
    );
    expect(shown(found)).toEqual([
      'configs/c/r34.py x4 | model.mix_mode=[mixup, cutmix] | model.soft=[False]',
    ]);
  });

  it('leaves what only Python knows unknown, value by value', () => {
    const found = read(
      'import os',
      ...script(
        `gm_var = {'model.alpha': [0.2, float(os.environ['ALPHA'])], 'model.x': os.listdir('.'), 'model.y': [1]}`,
        `ConfigGenerator(os.environ['BASE'], 1).generate(model_var, gm_var, abbs)`,
      ),
    );
    expect(shown(found)).toEqual([
      '? x1 | model.mix_mode=[mixup, cutmix] | model.alpha=[0.2, ?] model.x=? model.y=[1]',
    ]);
  });
});

describe('what the generator would stumble over', () => {
  const told = ({ issues, notes }: ReadSweeps) => [...issues, ...notes].map(formatIssue);

  it('a bare string is one value, not one for each letter', () => {
    const found = read(...script(`model_var = {'model.mode': 'nearest'}`, generate));
    expect(shown(found)[0]).toContain('| model.mode=[nearest] |');
    expect(told(found)).toEqual([
      "/om/auto_train.py:7:14: model.mode: `model.mode` varies over the letters of a string: it is taken as the one value (expected ['nearest'], got 'nearest')",
    ]);
  });

  it('an empty grid is one run', () => {
    const found = read(...script('model_var = {}', 'gm_var = {}', generate));
    expect(shown(found)).toEqual(['configs/a/r18.py x1 |  | ']);
    expect(told(found)).toEqual([]);
  });

  it('an axis without values is told', () => {
    const found = read(...script(`gm_var['model.alpha'] = []`, generate));
    expect(told(found)).toEqual([
      '/om/auto_train.py:7:1: model.alpha: `model.alpha` takes no value: OpenMixup would generate nothing',
    ]);
  });

  it('values that are one to a config are taken once', () => {
    const found = read(...script(`gm_var['model.alpha'] = [1, 1.0, '1']`, generate));
    expect(shown(found)[0]).toContain('model.alpha=[1, 1]');
    expect(told(found)).toEqual([
      '/om/auto_train.py:7:1: model.alpha: `model.alpha` takes 1 twice: it is taken once',
    ]);
  });
});
