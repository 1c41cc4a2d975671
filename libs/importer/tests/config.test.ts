import { readFileSync } from 'node:fs';
import {
  createPythonParser,
  diskFiles,
  evaluateConfig,
  evaluateModule,
  floatRepr,
  isKind,
  pythonRepr,
} from '@mixlab/importer';
import type { ConfigFiles } from '@mixlab/importer';
import { describe, expect, it } from 'vitest';

const parser = await createPythonParser();
const folder = `${import.meta.dirname}/configs`;

/**
 * What mmcv 1.7.2 gives for each, written once by
 * `json.dump({f: Config.fromfile(f)._cfg_dict.to_dict() for f in files}, file, indent=2)`.
 */
const expected = JSON.parse(readFileSync(`${folder}/expected.json`, 'utf8')) as Record<string, object>;

describe('the value of a config is what mmcv gives, in its order of keys', () => {
  it.each(Object.keys(expected))('%s', (name) => {
    const { value, issues } = evaluateConfig(parser, diskFiles, `${folder}/${name}`);
    expect(issues).toEqual([]);
    expect(value).toEqual(expected[name]);
    expect(JSON.stringify(value)).toBe(JSON.stringify(expected[name]));
  });
});

it('tells ints from floats, and lists all files that were read', () => {
  const { python, files } = evaluateConfig(parser, diskFiles, `${folder}/child_of_r18.py`);
  const model = python.entries.get("'model")?.value;
  const alpha = isKind(model, 'dict') ? model.entries.get("'alpha")?.value : undefined;
  expect(isKind(alpha, 'list') && alpha.items).toEqual([0.1, 1n]);
  expect(files.map((file) => file.slice(folder.length + 1))).toEqual([
    'child_of_r18.py',
    'r18.py',
    'base/flowers.py',
    'base/model.json',
    'base/schedule.yaml',
    'base/runtime.py',
  ]);
});

/** Evaluates `/c/main.py`, with files beside it. */
function evaluated(text: string, others: Record<string, string> = {}) {
  const texts: Record<string, string> = { '/c/main.py': text, ...others };
  const files: ConfigFiles = { read: (path) => texts[path] ?? '', exists: (path) => path in texts };
  const { value, issues, unknown } = evaluateConfig(parser, files, '/c/main.py');
  const lines = issues.map(
    ({ at, code, message }) => `${at?.file}:${at?.line}:${at?.column} ${code} ${message}`,
  );
  return { value, lines, unknown: unknown.map(({ path }) => path.join('.')) };
}

describe('what only running Python would tell is left open, with its place', () => {
  it.each([
    [
      'import torch\nmodel = dict(type="A", gpus=torch.cuda.device_count())',
      { model: { type: 'A', gpus: null } },
    ],
    ['import numpy as np\nx = [1, np.pi * 2, f"{np.e}"]', { x: [1, null, null] }],
    ['x = eval("1")\ny = x + 1', { x: null, y: null }],
    [
      'x = dict(a=float("inf"), b={1, 2}, c=10 ** 40, d=b"x", e=1j)',
      { x: { a: null, b: null, c: null, d: null, e: null } },
    ],
    ['import os\nx = os.environ.get("A", 1)\nif x:\n    y = 1\nz = 2', { x: null, y: null, z: 2 }],
    ['import random\nx = [1]\ny = [2]\nrandom.shuffle(x)', { x: null, y: [2] }],
    ['while True:\n    x = 1', { x: null }],
    ['x = [1]\ntry:\n    x.append(2)\nexcept Exception:\n    pass', { x: null }],
    ['from pkg import Thing\ny = [Thing(1) for _ in range(2)]', { Thing: null, y: [null, null] }],
    ['class A:\n    pass\nx = A()', { A: null, x: null }],
    ['x = 1\nfor i in range(10 ** 9):\n    x = i', { x: null, i: null }],
    ['def f(n):\n    return f(n + 1)\nx = f(0)', { x: null }],
    ['x = (i for i in unknown_name)', { x: null }],
  ])('%s', (text, value) => {
    const found = evaluated(text);
    expect(found.value).toEqual(value);
    expect(found.lines.length).toBeGreaterThan(0);
    for (const line of found.lines) expect(line).toMatch(/^\/c\/main\.py:\d+:\d+ (not-static|python-error) /);
  });

  it('names the place where the value comes from, not where it ends up', () => {
    const { lines, unknown } = evaluated(
      'import os\nroot = os.getcwd()\ndata = dict(\n    train=dict(root=root + "/x"))\n',
    );
    expect(unknown).toEqual(['root', 'data.train.root']);
    expect(lines).toEqual(
      Array(2).fill('/c/main.py:2:8 not-static `os.getcwd(…)` is known only when Python runs'),
    );
  });

  it('leaves a tag of YAML open that would run Python', () => {
    const base = { '/c/b.yaml': 'a: 1\nsizes: !!python/object/apply:eval ["[1] * 2"]\n' };
    const { value, lines } = evaluated('_base_ = "b.yaml"', base);
    expect(value).toEqual({ a: 1, sizes: null });
    expect(lines).toEqual([expect.stringMatching(/^\/c\/b\.yaml:2:1 not-static /)]);
  });
});

describe('what stops mmcv is an issue with its place', () => {
  const base = { '/c/b.py': 'a = dict(x=1)\nb = "text"\n', '/c/d.py': 'a = 2\n' };
  it.each([
    [
      'a base that is missing',
      'x = 1\n_base_ = ["b.py", "nowhere.py"]',
      '2:1 missing-base there is no /c/nowhere.py',
    ],
    [
      'a key of two bases',
      '_base_ = ["b.py", "d.py"]',
      "1:1 python-error KeyError: two bases have the same key: 'a'",
    ],
    [
      'a dict over a text',
      '_base_ = "b.py"\nb = dict(x=1)',
      "2:1 python-error TypeError: 'b' is a dict here and a str in the base: `_delete_=True` replaces it",
    ],
    [
      'a path that no base has',
      '_base_ = "b.py"\nc = {{_base_.a.y}}',
      "2:1 python-error KeyError: no base has `a.y`: 'y' is missing",
    ],
    ['a base within itself', '_base_ = "main.py"', '1:1 missing-base /c/main.py inherits from itself'],
    [
      'a repeated keyword',
      'a = dict(x=1,\n         x=2)',
      '1:1 python-error SyntaxError: keyword argument repeated: x',
    ],
    ['no Python', 'a = dict(x=1\nb = 2', '1:1 python-syntax this is no Python'],
    ['a name that is not there', 'a = 1\nb = c', "2:1 python-error NameError: name 'c' is not defined"],
    ['an index out of range', 'a = [1][2]', '1:1 python-error IndexError: list index out of range'],
    ['a reserved name', 'text = 1', '1:1 python-error KeyError: `text` is a name that mmcv keeps for itself'],
    ['a file of another kind', '_base_ = "b.toml"', '1:1 missing-base there is no /c/b.toml'],
  ])('%s', (_, text, line) => {
    expect(evaluated(text, base).lines).toContain(`/c/main.py:${line}`);
  });

  it('a placeholder inside a longer string, which mmcv leaves as it is', () => {
    const { value, lines } = evaluated('_base_ = "b.py"\nc = "{{fileBasename}}" + {{_base_.b}}', base);
    expect(value).toEqual({ a: { x: 1 }, b: 'text', c: null });
    expect(lines).toEqual([expect.stringContaining('/c/main.py:2:1 not-static mmcv replaces a')]);
  });
});

it.each([
  [0.1, '0.1'],
  [1, '1.0'],
  [1e-4, '0.0001'],
  [1e-5, '1e-05'],
  [123456789012345680, '1.2345678901234568e+17'],
  [1e16, '1e+16'],
  [1e15, '1000000000000000.0'],
  [-0, '-0.0'],
  [1.5e300, '1.5e+300'],
])('writes the float %d as Python does', (value, text) => {
  expect(floatRepr(value)).toBe(text);
});

it.each([
  ['0.30000000000000004 ** 3', '0.027000000000000014'],
  ['1e16 % -1', '-0.0'],
  ['-7.5 // 2', '-4.0'],
  ['2 ** -1', '0.5'],
  ['round(0.5) + round(1.5)', '2'],
  ['round(-2.5, -1)', '-0.0'],
  ["'%05.2d|%-5d|%+.1f|%s' % (7, 3, 2.25, None)", "'00007|3    |+2.2|None'"],
  ["'{:>8.3}|{:,}|{:%}|{:g}'.format(123.0, 1234567, 0.25, 1e-5)", "'1.23e+02|1,234,567|25.000000%|1e-05'"],
  ["'a,b,c'.rsplit(',', 1)", "['a,b', 'c']"],
  ["repr('it\\'s') + str((1,)) + str({'a': [True]})", "'\"it\\'s\"(1,){\\'a\\': [True]}'"],
])('gives what Python gives for %s', (expression, result) => {
  const files: ConfigFiles = { read: () => `x = ${expression}\n`, exists: () => true };
  const { scope, issues } = evaluateModule(parser, files, '/c/x.py');
  expect(issues).toEqual([]);
  expect(pythonRepr(scope.names.get('x')?.value ?? null)).toBe(result);
});
