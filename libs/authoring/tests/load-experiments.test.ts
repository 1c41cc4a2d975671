import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runConfigVersion } from '@mixlab/catalog';
import type { Node } from '@mixlab/dsl';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadExperiments } from '../src/index.ts';
import { authoredWorkspace, writeIn } from './authored-workspace.ts';
import { issueLines } from './issue-lines.ts';

const sweep = `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { alphas } from '../shared/alphas.ts';

const [short, long] = [100, 300];
let first: string, second: string;
[first, second] = ['a', 'sweep'];

export default defineExperiment({
  name: \`\${first}/\${second}\`,
  recipe: recipes.cifar,
  backbone: vary('resnet18', 'resnet50'),
  maxEpochs: vary(short, long),
  mixMode: vary(mix.vanilla(), mix.cutmix({ alpha: vary(...alphas) })),
})
  .when({ backbone: 'resnet18' }, { 'optimizer.lr': 0.05 })
  .exclude({ maxEpochs: long, mixMode: ['cutmix'] });
`;
const alphas = `export const alphas = [0.2, 1] as const;\n`;
const files = { 'configs/a/sweep.config.ts': sweep, 'configs/shared/alphas.ts': alphas };

/** As `mixlab catalog` writes it, of a package with one network. */
const CATALOG = `export default {
  package: 'my_pkg',
  schemaVersion: ${runConfigVersion},
  methods: [],
  backbones: [{ name: 'my_pkg:TinyNet', family: 'cnn' }],
  rules: [],
};
`;

describe('an experiment that is loaded', () => {
  it('knows where each of its values was written', async () => {
    const home = authoredWorkspace(files);
    const { experiments, failures } = await loadExperiments({ home });
    expect(failures).toEqual([]);
    const { experiment, file } = experiments[0]!;
    expect([file, experiment.name]).toEqual(['configs/a/sweep.config.ts', 'a/sweep']);
    expect(places(experiment.authored)).toMatchInlineSnapshot(`
      [
        "(whole) 8:33",
        ".name 9:3",
        ".recipe 10:3",
        ".backbone 11:3",
        ".backbone(0) 11:18",
        ".backbone(1) 11:30",
        ".maxEpochs 12:3",
        ".maxEpochs(0) 12:19",
        ".maxEpochs(1) 12:26",
        ".mixMode 13:3",
        ".mixMode(0) 13:17",
        ".mixMode(0).name 13:17",
        ".mixMode(1) 13:32",
        ".mixMode(1).alpha 13:45",
        ".mixMode(1).alpha(0) 1:24",
        ".mixMode(1).alpha(1) 1:29",
        ".mixMode(1).name 13:32",
      ]
    `);
    expect(experiment.steps.map((step) => [step.kind, step.at, places(step.condition)]))
      .toMatchInlineSnapshot(`
      [
        [
          "when",
          {
            "column": 9,
            "file": "configs/a/sweep.config.ts",
            "line": 15,
          },
          [
            "(whole) 15:9",
            ".backbone 15:11",
          ],
        ],
        [
          "exclude",
          {
            "column": 12,
            "file": "configs/a/sweep.config.ts",
            "line": 16,
          },
          [
            "(whole) 16:12",
            ".maxEpochs 16:14",
            ".mixMode 16:31",
            ".mixMode[0] 16:41",
          ],
        ],
      ]
    `);
  });

  it('is checked again only when something has changed', async () => {
    const home = authoredWorkspace(files);
    await loadExperiments({ home });
    const checked = readCache(home);
    await loadExperiments({ home });
    expect(readCache(home)).toEqual(checked);

    writeIn(home, 'configs/shared/alphas.ts', 'export const alphas = [0.5] as const;\n');
    const { experiments } = await loadExperiments({ home });
    expect(readCache(home)).not.toEqual(checked);
    expect(JSON.stringify(experiments[0]!.experiment.authored)).toContain('"value":0.5');
  });

  it('knows what it was made from: all that it imports in the workspace, and catalogs', async () => {
    const home = authoredWorkspace({
      ...files,
      'configs/shared/alphas.ts': `import { small } from '../../outside.ts';\nexport const alphas = [small, 1] as const;\n`,
      'outside.ts': `export { small } from './further.ts';\n`,
      'further.ts': 'export const small = 0.2;\n',
      'configs/b.config.ts': sweep.replace("'../shared", "'./shared").replace("'sweep'", "'other'"),
      'configs/unused.ts': '',
      'configs/my_pkg.catalog.ts': CATALOG,
    });
    const sha256 = (path: string) =>
      createHash('sha256')
        .update(readFileSync(join(home, path)))
        .digest('hex');
    const read = ['configs/my_pkg.catalog.ts', 'configs/shared/alphas.ts', 'further.ts', 'outside.ts'];
    const expected = Object.fromEntries(read.map((path) => [path, sha256(path)]));
    // The second time from the cache.
    for (let time = 0; time < 2; time++) {
      const { experiments, failures } = await loadExperiments({ home });
      expect(failures).toEqual([]);
      expect(experiments.map(({ imports }) => imports)).toEqual([expected, expected]);
    }
  });

  /** What is damaged is whole again after the next load. */
  let home: string;
  beforeAll(async () => {
    home = authoredWorkspace(files, afterAll);
    await loadExperiments({ home });
  });

  it.each<[what: string, damage: (cache: string, modules: string) => void]>([
    ['an index that is no JSON', (cache) => writeFileSync(join(cache, 'checked.json'), '{"format":')],
    ['an index of another shape', (cache) => writeFileSync(join(cache, 'checked.json'), '{"format":1}')],
    [
      'a truncated module',
      (_, modules) => writeFileSync(join(modules, 'configs/a/sweep.config.ts.mjs'), 'export'),
    ],
    ['a module that is gone', (_, modules) => rmSync(modules, { recursive: true })],
    [
      'an index that is a folder',
      (cache) => {
        rmSync(join(cache, 'checked.json'));
        writeIn(cache, 'checked.json/file', '');
      },
    ],
  ])('comes through a cache with %s', async (_, damage) => {
    const cache = join(home, '.mixlab/cache/authoring');
    const { folder } = JSON.parse(readFileSync(join(cache, 'checked.json'), 'utf8'));
    damage(cache, join(cache, folder));
    const { experiments, failures } = await loadExperiments({ home });
    expect(failures).toEqual([]);
    expect(experiments.map(({ experiment }) => experiment.name)).toEqual(['a/sweep']);
  });

  it('needs no cache that can be written', async () => {
    const home = authoredWorkspace({ ...files, blocked: '' });
    const { experiments } = await loadExperiments({ home, cacheDir: join(home, 'blocked/cache') });
    expect(experiments).toHaveLength(1);
  });

  it('needs no packages beside it', async () => {
    const home = authoredWorkspace(files);
    rmSync(join(home, 'node_modules'));
    expect((await loadExperiments({ home })).experiments).toHaveLength(1);
  });
});

describe('files that are no sound experiments', () => {
  it('are told from the others, with all that is wrong with each', async () => {
    const home = authoredWorkspace({
      ...files,
      'configs/broken.config.ts': `import { alphas } from './shared/broken.ts';\n${minimal('broken', '', '[alphas]')}`,
      'configs/shared/broken.ts': 'export const alphas: number = "0.2";\n',
      'configs/nothing.config.ts': 'export const experiment = 1;\n',
      'configs/other.config.ts': 'export default { name: "other" };\n',
      'configs/unfinished.config.ts': `import { defineExperiment } from '@mixlab/dsl';\nexport default defineExperiment({\n`,
    });
    const loaded = await loadExperiments({ home });
    expect(loaded.experiments.map(({ experiment }) => experiment.name)).toEqual(['a/sweep']);
    expect(loaded.failures.map(({ file, name }) => [file, name])).toMatchInlineSnapshot(`
      [
        [
          "configs/broken.config.ts",
          "broken",
        ],
        [
          "configs/unfinished.config.ts",
          undefined,
        ],
        [
          "configs/nothing.config.ts",
          undefined,
        ],
        [
          "configs/other.config.ts",
          undefined,
        ],
      ]
    `);
    expect(issueLines(loaded)).toMatchInlineSnapshot(`
      [
        "configs/shared/broken.ts:1:14: Type 'string' is not assignable to type 'number'.",
        "configs/unfinished.config.ts:3:1: '}' expected.",
        "configs/nothing.config.ts:1:1: this file exports no experiment (expected export default defineExperiment({ … }), got no default export)",
        "configs/other.config.ts:1:1: this file exports no experiment (expected export default defineExperiment({ … }), got a default export that is something else)",
      ]
    `);
  });

  it('are placed where they throw', async () => {
    const home = authoredWorkspace({ 'configs/throws.config.ts': throwing, 'configs/shared/pick.ts': pick });
    const printIssues = join(import.meta.dirname, 'print-issues.mts');
    const { stdout } = await execa('node', ['--import', 'tsx', printIssues, home], {
      cwd: import.meta.dirname,
    });
    expect(stdout).toBe(
      'configs/shared/pick.ts:3:34: this file throws while it is loaded: RangeError: none of a, c is b',
    );
  });

  it('are none where there are no files', async () => {
    expect(await loadExperiments({ home: authoredWorkspace({}) })).toEqual({ experiments: [], failures: [] });
  });
});

const pick = `export function pick(names: readonly string[]): string {
  const found = names.find((name) => name === 'b');
  if (found === undefined) throw new RangeError(\`none of \${names.join(', ')} is b\`);
  return found;
}
`;

const throwing = `import { pick } from './shared/pick.ts';
import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({ name: pick(['a', 'c']), recipe: recipes.cifar, mixMode: mix.vanilla() });
`;

function minimal(name: string, fields: string, rest = ''): string {
  return `import { defineExperiment } from '@mixlab/dsl';\nexport default defineExperiment({ name: '${name}', ${fields}});${rest}\n`;
}

/** `path line:column` of every node. */
function places(node: Node, path = ''): string[] {
  const own = `${path || '(whole)'} ${node.at?.line}:${node.at?.column}`;
  if (path === 'recipe' || path === '.recipe') return [own];
  const below =
    node.kind === 'object'
      ? node.entries.flatMap(([key, inner]) => places(inner, `${path}.${key}`))
      : node.kind === 'array'
        ? node.items.flatMap((inner, index) => places(inner, `${path}[${index}]`))
        : node.kind === 'vary'
          ? node.choices.flatMap((inner, index) => places(inner, `${path}(${index})`))
          : [];
  return [own, ...below];
}

/** Everything in the cache, by name, with the time it was last written. */
function readCache(home: string): Record<string, string> {
  const cache = join(home, '.mixlab/cache/authoring');
  const entries = readdirSync(cache, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, `${statSync(path).mtimeMs} ${readFileSync(path, 'utf8').length}`];
    }),
  );
}
