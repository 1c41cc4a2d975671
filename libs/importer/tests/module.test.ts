import { createPythonParser, evaluateModule, pythonStr, toJson } from '@mixlab/importer';
import type { ConfigFiles } from '@mixlab/importer';
import { expect, it } from 'vitest';

const parser = await createPythonParser();

const script = `
from sweeps.tools import Generator as Gen

def grid(path, *, devices=4):
    """Calls of other packages are taken down, wherever they stand."""
    # alternatives
    abbs = {'max_epochs': 'ep'}
    model_var = {'model.mode': ["mixup", "cutmix", ], 'model.name': ['a/b']}
    more = dict(epochs=[100 * i for i in (1, 3)], lr=[0.1, 1.0, 1e-05, True, None, [1, (2,)]])
    generator = Gen(path, num_device=devices)
    generator.generate(model_var, more, abbs)

if __name__ == '__main__':
    for name in ('r18', 'r50'):
        grid('configs/%s.py' % name)
`;

function evaluated(text: string, name?: string) {
  const files: ConfigFiles = { read: () => text, exists: () => true };
  return evaluateModule(parser, files, '/c/sweep.py', name);
}

it('takes down the calls that a script makes, with their arguments and places', () => {
  const { calls, issues } = evaluated(script);
  expect(issues).toEqual([]);
  expect(calls.map(({ callee, at }) => `${at.line} ${callee}`)).toEqual([
    '10 sweeps.tools.Generator',
    '11 sweeps.tools.Generator.generate',
    '10 sweeps.tools.Generator',
    '11 sweeps.tools.Generator.generate',
  ]);
  const [, first, , second] = calls;
  expect(first?.receiver?.args).toEqual(['configs/r18.py']);
  expect(first?.receiver?.keywords.get('num_device')).toBe(4n);
  expect(second?.receiver?.args).toEqual(['configs/r50.py']);
  expect(first?.args.map((value) => toJson(value).value)).toEqual([
    { 'model.mode': ['mixup', 'cutmix'], 'model.name': ['a/b'] },
    { epochs: [100, 300], lr: [0.1, 1, 1e-5, true, null, [1, [2]]] },
    { max_epochs: 'ep' },
  ]);
  expect(pythonStr(first?.args[1] ?? null)).toBe(
    "{'epochs': [100, 300], 'lr': [0.1, 1.0, 1e-05, True, None, [1, (2,)]]}",
  );
});

it('a module that is imported does not carry out its main part', () => {
  const { calls, scope } = evaluated(script, 'sweep');
  expect(calls).toEqual([]);
  expect([...scope.names.keys()]).toEqual(['__name__', 'Gen', 'grid']);
});

it('what stops a script is reported where it stands, inside of functions too', () => {
  const { issues } = evaluated('def f(d):\n    x = 1\n    return d["models"]\n\nf({})\n');
  expect(issues).toEqual([
    { code: 'python-error', message: "KeyError: 'models'", at: { file: '/c/sweep.py', line: 3, column: 5 } },
  ]);
});

it.each([
  ['f(1, 2, 3)', '(1, 2, (3,), 5, {})'],
  ['f(1, b=2, x=3, k=4)', "(1, 2, (), 4, {'x': 3})"],
  ['f(*[1, 2], **{"k": 3})', '(1, 2, (), 3, {})'],
])('binds the arguments of %s', (call, result) => {
  const { scope } = evaluated(`def f(a, b=2, *c, k=5, **d):\n    return a, b, c, k, d\nr = ${call}\n`);
  expect(pythonStr(scope.names.get('r')?.value ?? null)).toBe(result);
});
