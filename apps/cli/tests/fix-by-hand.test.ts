import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';

const experiment = (name: string, before: string, fields: string, steps = '') => `${before}
import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  ${fields},
})${steps};
`;

/** Ways to write a parameter that was called otherwise, each with the lines that nobody but its author can change. */
const ways: Readonly<Record<string, readonly [text: string, left: readonly number[]]>> = {
  'condition-of-a-function': [
    experiment(
      'a',
      "const w = (size: number) => ({ 'mixMode.tSize': size });",
      'mixMode: mix.puzzlemix({ tSize: vary(2, 4) })',
      ".when(w(4), { 'mixMode.nLabels': 2 })",
    ),
    [1],
  ],
  'constant-of-the-former-name': [
    experiment(
      'l',
      'const tSize = 2, puzzlemix = mix.puzzlemix;',
      'mixMode: vary(mix.puzzlemix({ tSize, nLabels: 3 }), puzzlemix({ tSize }))',
    ),
    [8],
  ],
  'reader-of-a-constant': [
    experiment(
      'b',
      'const p = { tSize: 4, nLabels: 3 };',
      'mixMode: mix.puzzlemix({ ...p, alpha: p.tSize })',
    ),
    [8],
  ],
  satisfies: [
    experiment(
      'd',
      'const p = { tSize: 4 } as const satisfies { tSize: number };',
      'mixMode: mix.puzzlemix(p as never)',
    ),
    [1],
  ],
  'both-names': [experiment('e', '', 'mixMode: mix.puzzlemix({ tSize: 4, transportSize: 2 })'), [8]],
  'name-of-parts': [experiment('f', '', "mixMode: mix.puzzlemix(), ['mixMode.' + 'tSize']: 4"), [8]],
  'object-filled-later': [
    experiment('g', "const o: any = {}; o.tSize = 4;\no['nLabels'] = 3;", 'mixMode: mix.puzzlemix(o)'),
    [1, 2],
  ],
  'parameter-of-a-function': [
    experiment(
      'h',
      'const make = (o: { tSize: number }) => mix.puzzlemix(o);',
      'mixMode: make({ tSize: 4 })',
    ),
    [1, 8],
  ],
  'method-in-quotes': [experiment('i', '', "mixMode: mix['puzzlemix']({ tSize: 4 })"), [8]],
  'spread-of-a-condition': [
    experiment('j', 'const c: boolean = true;', 'mixMode: mix.puzzlemix({ ...(c && { tSize: 4 }) })'),
    [8],
  ],
};

it('mixlab fix tells every place that it cannot rewrite, in all files at once, and writes nothing then', async () => {
  const files = Object.entries(ways).map(([name, [text]]) => [`configs/${name}.config.ts`, text] as const);
  const workspace = makeWorkspace(Object.fromEntries(files));
  onTestFinished(() => workspace.remove());
  const { exitCode, stderr } = await inProcess(workspace.home, 'fix', '--yes');
  expect(exitCode, stderr).toBe(2);
  const places = stderr.matchAll(/^configs\/(\S+?)\.config\.ts:(\d+):/gm);
  const told = new Set([...places].map(([, name, line]) => `${name}:${line}`));
  const expected = Object.entries(ways).flatMap(([name, [, lines]]) =>
    lines.map((line) => `${name}:${line}`),
  );
  expect([...told].sort()).toEqual(expected.sort());
  expect(stderr).toMatch(/problems; nothing was written\n$/);
  for (const [path, text] of files) expect(workspace.read(path), path).toBe(text);
});

it('mixlab fix tells what it cannot follow into another module', async () => {
  const parts = 'export const puzzle = { tSize: 4 };\n\nexport default { advP: 0.1 };\n';
  const workspace = makeWorkspace({
    'configs/parts.ts': parts,
    'configs/again.ts': "export { default as adversary } from './parts.ts';\n",
    'configs/read.config.ts': experiment(
      'read',
      "import * as parts from './parts.ts';",
      'mixMode: mix.puzzlemix({ ...parts.puzzle, alpha: parts.puzzle.tSize })',
    ),
    'configs/spread.config.ts': experiment(
      'spread',
      "import { adversary } from './again.ts';",
      'mixMode: mix.puzzlemix({ ...adversary })',
    ),
  });
  onTestFinished(() => workspace.remove());
  const { exitCode, stderr } = await inProcess(workspace.home, 'fix', '--yes');
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toMatch(
    /^configs\/parts\.ts:3:18: "advP" has been called attackProbability since version 2/m,
  );
  expect(workspace.read('configs/parts.ts')).toBe(parts);
});

it('mixlab fix --dry-run writes nothing, not through links either', async () => {
  const text = experiment('linked', '', 'mixMode: mix.puzzlemix({ tSize: 4 })');
  const workspace = makeWorkspace({ 'elsewhere/linked.ts': text, 'configs/folder/kept.txt': '' });
  onTestFinished(() => workspace.remove());
  symlinkSync('../elsewhere/linked.ts', join(workspace.home, 'configs/linked.config.ts'));
  symlinkSync('../elsewhere', join(workspace.home, 'configs/all'));
  symlinkSync('../nowhere.ts', join(workspace.home, 'configs/nowhere.ts'));
  const { exitCode, stdout, stderr } = await inProcess(workspace.home, 'fix', '--dry-run');
  expect([exitCode, stderr]).toEqual([0, '']);
  expect(stdout).toContain('transportSize: 4');
  expect(workspace.read('elsewhere/linked.ts')).toBe(text);
});

it('mixlab fix leaves a file alone that has a syntax error', async () => {
  const text = `${experiment('a', '', 'mixMode: mix.puzzlemix({ tSize: 4 })')}const rest = ,,, {{\n`;
  const workspace = makeWorkspace({ 'configs/a.config.ts': text });
  onTestFinished(() => workspace.remove());
  const { exitCode, stderr } = await inProcess(workspace.home, 'fix', '--yes');
  expect(stderr).toMatch(/^configs\/a\.config\.ts:10:14: mend this first: Expression expected/m);
  expect([exitCode, workspace.read('configs/a.config.ts')]).toEqual([2, text]);
});
