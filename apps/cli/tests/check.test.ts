import { cpSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigIssue } from '@mixlab/contracts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeWorkspace } from './workspace.ts';
import type { Outcome, Workspace } from './workspace.ts';

const FOLDER = join(import.meta.dirname, 'fixtures/wrong-configs');
const files = readdirSync(FOLDER).flatMap((file) => (file.endsWith('.config.ts') ? [file] : []));

/** Those of which nobody would read the text, by the name of their file. */
const made: Readonly<Record<string, string>> = {
  'six-hundred-whens.config.ts': `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'wrong/six-hundred-whens',
  recipe: recipes.cifar,
  backbone: 'resnet18',
  maxEpochs: vary(100, 200),
  mixMode: mix.cutmix(),
})${"\n  .when({ maxEpochs: 100 }, { 'optimizer.lr': 0.1 })".repeat(600)};
`,
};
const names = [...files, ...Object.keys(made)].sort();

describe('mixlab check of configs that are wrong', () => {
  let workspace: Workspace;
  let all: Outcome;
  let issues: readonly ConfigIssue[];

  beforeAll(async () => {
    workspace = makeWorkspace({});
    for (const [name, text] of Object.entries(made)) workspace.write(`configs/wrong/${name}`, text);
    for (const name of files) cpSync(join(FOLDER, name), join(workspace.home, 'configs/wrong', name));
    all = await workspace.mixlab('check', '--json=report.json', '--load-limit=5');
    issues = (JSON.parse(workspace.read('report.json')) as { issues: ConfigIssue[] }).issues;
  });
  afterAll(() => workspace.remove());

  it('refuses every one of them, in one go', () => {
    expect(names.length).toBeGreaterThanOrEqual(60);
    const told = new Set(issues.map(({ at }) => at?.file));
    expect(names.filter((name) => !told.has(`configs/wrong/${name}`))).toEqual([]);
    // What `prints` writes on stdout, by itself and through others; what it opened by stdout's path is dropped.
    const printed = [0, 11, 1, 2, 3, 8, 9].map((way) => `{"prints":${way}}`);
    expect([all.exitCode, all.stderr.split('\n').sort()]).toEqual([2, printed]);
    expect(all.stdout.startsWith('configs/wrong/')).toBe(true);
    expect(all.stdout).toMatch(/\n\d+ problems, 1 note\n*$/);
  });

  it.each(names)('%s', async (name) => {
    // Problems with their code frames, up to the next file's.
    const blocks = all.stdout.split(/^(?=(?:note: )?configs\/wrong\/)/m);
    const own = blocks.filter((block) => block.startsWith(`configs/wrong/${name}:`)).join('');
    await expect(`${own.trimEnd()}\n`).toMatchFileSnapshot(
      join(FOLDER, name.replace(/\.config\.ts$/, '.txt')),
    );
  });
});

describe('mixlab check', () => {
  let workspace: Workspace;

  beforeAll(() => {
    workspace = makeWorkspace({
      'configs/sound.config.ts': experiment('sound'),
      'configs/folder/odd.config.ts': experiment(
        'odd',
        ".exclude({ maxEpochs: 300 }).when({ mixMode: 'mixup' }, { report: medianOfLast(100) })",
      )
        .replace('mix.mixup()', "mix.attentivemix({ teacher: { weights: 'none.pt' } }), mix.mixup()")
        .replace("'resnet18',", "'resnet18', report: medianOfLast(101),"),
      'configs/wrong.config.ts': experiment('wrong').replace('100', '0'),
    });
  });
  afterAll(() => workspace.remove());

  it('says that nothing is wrong, and what is odd, and writes nothing', async () => {
    const { exitCode, stdout, stderr } = await workspace.mixlab(
      'check',
      'configs/sound.config.ts',
      'configs/folder',
    );
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toMatchInlineSnapshot(`
      "note: configs/folder/odd.config.ts:6:25: report.epochs: a training of 100 epochs is shorter: its median is over all of them (got 101)
        5 |   recipe: recipes.cifar,
      > 6 |   backbone: 'resnet18', report: medianOfLast(101),
          |                         ^
        7 |   maxEpochs: vary(100, 300),

      note: configs/folder/odd.config.ts:7:24: no run is left with maxEpochs=300: every one is excluded
        6 |   backbone: 'resnet18', report: medianOfLast(101),
      > 7 |   maxEpochs: vary(100, 300),
          |                        ^
        8 |   mixMode: vary(mix.attentivemix({ teacher: { weights: 'none.pt' } }), mix.mixup()),

      note: configs/folder/odd.config.ts:8:47: mixMode.teacher.weights: there is no such file on this machine (got "none.pt")
        7 |   maxEpochs: vary(100, 300),
      > 8 |   mixMode: vary(mix.attentivemix({ teacher: { weights: 'none.pt' } }), mix.mixup()),
          |                                               ^
        9 | }).exclude({ maxEpochs: 300 }).when({ mixMode: 'mixup' }, { report: medianOfLast(100) });

      note: configs/sound.config.ts:3:33: 1 run of it is in odd, too, such as resnet18-mixup-ep100-a1-68a45eaa: trained once, for whichever is launched first, and linked to by the others
        2 |
      > 3 | export default defineExperiment({
          |                                 ^
        4 |   name: 'sound',

      2 experiments of 4 runs: nothing is wrong, 4 notes"
    `);
    expect(workspace.files('.').filter((file) => file.startsWith('generated'))).toEqual([]);
  });

  it('gives JSON alone', async () => {
    const { exitCode, stdout, stderr } = await workspace.mixlab('check', 'configs/wrong.config.ts', '--json');
    expect([exitCode, stderr]).toEqual([2, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      issues: [
        { code: 'invalid-value', path: 'maxEpochs', at: { file: 'configs/wrong.config.ts', line: 7 } },
      ],
      notes: [],
      experiments: [],
    });
  });

  it('tells where a file that is imported as it is has a syntax error', async () => {
    const broken = makeWorkspace({
      'configs/sizes.json': '{ "train": 160,, "test": 224 }\n',
      'configs/side.mjs': 'export const side = 1;\nexport const other = ;\n',
      'configs/reads.config.ts':
        `import sizes from './sizes.json' with { type: 'json' };\nimport './side.mjs';\n${experiment('reads')}`.replace(
          "'resnet18',",
          "'resnet18', inputs: { trainSize: sizes.train },",
        ),
    });
    const { exitCode, stdout } = await broken.mixlab('check');
    broken.remove();
    expect(exitCode).toBe(2);
    expect(stdout).toMatch(/^configs\/sizes\.json:1:16: Property assignment expected\.$/m);
    expect(stdout).toMatch(/^configs\/side\.mjs:2:22: Expression expected\.$/m);
  });

  it('refuses files that are no experiments', async () => {
    const { exitCode, stdout } = await workspace.mixlabIn(
      'configs',
      'check',
      'sond.config.ts',
      '../../elsewhere',
    );
    expect(exitCode).toBe(2);
    expect(stdout).toMatchInlineSnapshot(`
      "FILE: there is no such file (expected a file that matches configs/**/*.config.ts, or a folder of them, got "sond.config.ts"; did you mean configs/sound.config.ts?)

      FILE: there is no such file (expected a file that matches configs/**/*.config.ts, or a folder of them, got "../../elsewhere")

      2 problems"
    `);
  });
});

function experiment(name: string, steps = ''): string {
  return `import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}',
  recipe: recipes.cifar,
  backbone: 'resnet18',
  maxEpochs: vary(100, 300),
  mixMode: vary(mix.mixup()),
})${steps};
`;
}
