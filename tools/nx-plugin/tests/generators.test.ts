import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { execa } from 'execa';
import { flushChanges, FsTree } from 'nx/src/generators/tree';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import experiment from '../src/generators/experiment';
import method from '../src/generators/method';
import recipe from '../src/generators/recipe';
import { root, WorkspaceCopy } from './workspace-copy';

/** All tests share it, in their order. */
let copy: WorkspaceCopy;

const halves = {
  name: 'halves',
  title: 'Halves',
  paper: 'in preparation',
  summary: 'two images are blended with a weight that is drawn',
};

/** Generates into the copy, as Nx does, and returns the files that were written. */
async function generate(work: (tree: FsTree) => Promise<unknown>): Promise<string[]> {
  const tree = new FsTree(copy.root, false);
  const after = (await work(tree)) as (() => Promise<void>) | void;
  const changes = tree.listChanges();
  flushChanges(copy.root, changes);
  await after?.();
  return changes.map(({ path }) => path);
}

async function nxGenerate(generator: string, ...flags: string[]) {
  const { exitCode, all } = await execa('npx', ['nx', 'g', `@mixlab/nx-plugin:${generator}`, ...flags], {
    cwd: root,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
    reject: false,
    all: true,
  });
  return { exitCode, all: stripVTControlCharacters(all) };
}

function read(path: string): string {
  return readFileSync(join(copy.root, path), 'utf8');
}

beforeAll(async () => {
  // For what generators start when they have written.
  copy = new WorkspaceCopy();
  vi.stubEnv('PYTHONPATH', copy.env.PYTHONPATH);
  return () => {
    vi.unstubAllEnvs();
    copy.remove();
  };
});

describe('nx g @mixlab/nx-plugin', () => {
  it('adds a method to catalog and docs, with a row of settings and a test', async () => {
    expect(await generate((tree) => method(tree, halves))).toEqual([
      'libs/training/src/mixlab/methods/halves.py',
      'libs/training/tests/test_method_halves.py',
      'libs/training/tests/methods_settings.py',
    ]);
    expect(read('libs/training/tests/methods_settings.py')).toContain(
      '    "halves": [{}],\n    "oneOf": [\n',
    );
    expect(read('libs/catalog/src/generated/registry.ts')).toContain("  | 'halves'\n");
    expect(read('docs/methods.md')).toContain(
      '## halves\n\nHalves: two images are blended with a weight that is drawn.\n',
    );
  });

  it('adds a recipe with the values of another, and its column to the docs', async () => {
    const made = { name: 'my-own', from: 'quickstart', source: "Ours: the digits' " };
    expect(await generate((tree) => recipe(tree, made))).toEqual(['libs/catalog/src/recipes.ts']);
    expect(read('libs/catalog/src/recipes.ts')).toContain(`
const myOwn: NamedRecipe<'my-own'> = {
  name: 'my-own',
  source: "Ours: the digits'",
  values: {
    ...quickstart.values,
    // What differs.
  },
};

/** Training settings of the benchmark. */
export const recipes = {`);
    expect(read('docs/recipes.md')).toContain(' | quickstart | my-own |\n');
    const asked = JSON.parse(read('tools/nx-plugin/src/generators/experiment.schema.json')).properties;
    expect(asked.recipe['x-prompt'].items).toContainEqual({ value: 'myOwn', label: 'myOwn' });
    expect(asked.methods['x-prompt'].items).toContainEqual({ value: 'halves', label: 'halves' });
  });

  it('writes an experiment of both, which is checked and trains', async () => {
    const options = {
      name: 'first/try',
      recipe: 'myOwn',
      backbone: 'resnet8',
      methods: 'halves,cutmix',
      gpusPerRun: 0,
    };
    const said = vi.spyOn(console, 'info').mockImplementation(() => undefined);
    expect(await generate((tree) => experiment(tree, options))).toEqual(['configs/first/try.config.ts']);
    expect(stripVTControlCharacters(said.mock.calls.flat().join('\n'))).toMatchInlineSnapshot(`
      "
      Next:
        configs/first/try.config.ts: say what it asks
        npx mixlab check configs/first/try.config.ts
        npx mixlab configs --experiment=first/try
        bash generated/first/try/launch/local.sh --smoke"
    `);
    said.mockRestore();
    expect(read('configs/first/try.config.ts')).toMatchInlineSnapshot(`
      "/**
       * What does this experiment ask, and which figure is to be expected?
       *
       * npx mixlab configs --experiment=first/try
       * bash generated/first/try/launch/local.sh
       * npx mixlab table --experiment=first/try
       */
      import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

      export default defineExperiment({
        name: 'first/try',
        recipe: recipes.myOwn,
        backbone: 'resnet8',
        mixMode: vary(mix.halves(), mix.cutmix()),
        trials: 1,
        report: medianOfLast(5),
        launch: {
          gpusPerRun: 0,
        },
      });
      "
    `);
    const configs = await copy.run('node', 'apps/cli/bin/mixlab.mjs', 'configs', '--experiment=first/try');
    expect(configs.exitCode, configs.all).toBe(0);
    const { runs } = JSON.parse(read('generated/first/try/plan.json'));
    expect(runs.map(({ axes }: { axes: object }) => axes)).toMatchObject([
      { mixMode: 'halves' },
      { mixMode: 'cutmix' },
    ]);
    const config = join('generated/first/try', runs[0].config);
    const trained = await copy.run('.venv/bin/python', '-m', 'mixlab.train', config, '--max-steps=2');
    expect(trained.exitCode, trained.all).toBe(0);
  });

  it('leaves a test of the method that fails until it is filled in', async () => {
    const test = 'libs/training/tests/test_method_halves.py';
    // Two images with the weights of their labels, as one product of matrices.
    const filled = read(test).replace(
      /pytest\.fail\(.*\)/,
      [
        'expected = target @ images.numpy().reshape(5, -1)',
        'assert mixed.reshape(5, -1) == pytest.approx(expected, abs=1e-5)',
      ].join('\n        '),
    );
    writeFileSync(join(copy.root, 'libs/training/tests/test_filled_in.py'), filled);
    const files = [test, 'libs/training/tests/test_filled_in.py'];
    const { exitCode, all } = await copy.run(
      '.venv/bin/python',
      '-m',
      'pytest',
      '-q',
      '-rA',
      '--color=no',
      ...files,
    );
    expect(exitCode, all).toBe(1);
    expect(all).toMatch(/FAILED .*test_method_halves\.py/);
    expect(all).toContain("Failed: fill in: compute what the paper's formula gives, and compare");
    expect(all).toMatch(/PASSED .*test_filled_in\.py/);
  });

  it('reports everything that is wrong at once, and writes nothing', async () => {
    const wrong = [
      (tree: FsTree) =>
        experiment(tree, {
          name: 'first/try',
          recipe: 'pytroch',
          backbone: '',
          methods: ['cutmx', 'mixup'],
          trials: 0,
        }),
      (tree: FsTree) => experiment(tree, {}),
      (tree: FsTree) => recipe(tree, { name: 'rsb-a3', from: 'ciffar', source: ' ' }),
      (tree: FsTree) => recipe(tree, { name: 'default', from: 'cifar', source: 2110.00476 }),
      (tree: FsTree) => method(tree, { name: 'cutmix', title: 'cut mix', paper: '"', summary: 'a\nb' }),
      (tree: FsTree) => method(tree, { ...halves, name: 'blended', title: 'Blend' }),
      (tree: FsTree) => method(tree, { ...halves, name: 'other', title: 'CutMix' }),
      (tree: FsTree) => method(tree, { ...halves, name: 'class', title: 'None', summary: 'adds <b> to {a}' }),
      (tree: FsTree) => method(tree, { ...halves, name: 'other', title: 'Cutmix' }),
      (tree: FsTree) => method(tree, { ...halves, name: 'other', title: 'Backbone' }),
      (tree: FsTree) => recipe(tree, { name: 'await', from: 'cifar', source: 'Ours: see <paper>' }),
    ];
    const said = await Promise.all(
      wrong.map(async (work) => {
        const tree = new FsTree(copy.root, false);
        const message = await work(tree).then(
          () => 'nothing',
          (error: Error) => error.message,
        );
        expect(tree.listChanges()).toEqual([]);
        return message;
      }),
    );
    expect(said.join('\n\n')).toMatchInlineSnapshot(`
      "--name: another experiment has this name, in configs/first/try.config.ts (got "first/try")
      --recipe: there is nothing with this name (got "pytroch"; did you mean pytorch?)
      --methods: there is nothing with this name (got "cutmx"; did you mean cutmix?)
      --backbone: the value is not allowed here (expected networks by timm's names, with commas, got "")
      --trials: the value is not allowed here (expected a whole number, at least 1, got "0")
      --name: configs/first/try.config.ts is there already

      --name: an experiment needs a name that can be a folder (expected words of a-z, 0-9, ".", "_" and "-", none of which starts with "." or "-", joined by "/", got nothing)
      --recipe: there is nothing with this name (expected one of pytorch, rsbA3, rsbA2, deitTiny, deitSmall, deitBase, swin, convnext, pvt, moganet, tinyImagenet, cifar … (15 in all), got "")
      --methods: the value is not allowed here (expected at least one method, got "")
      --backbone: the value is not allowed here (expected networks by timm's names, with commas, got "")

      --name: the name is taken (got "rsbA3")
      --from: there is nothing with this name (got "ciffar"; did you mean cifar?)
      --source: the value is not allowed here (expected where its numbers are from: 'OpenMixup, FOLDER/FILE.py', or 'Ours: …' and a paper, an idea, without |, <>, {}, got "")

      --name: the value is not allowed here (expected a name that is no word of TypeScript, got "default")
      --source: the value is not allowed here (expected where its numbers are from: 'OpenMixup, FOLDER/FILE.py', or 'Ours: …' and a paper, an idea, without |, <>, {}, got "2110.00476")

      --name: the name is taken (got "cutmix")
      --title: the value is not allowed here (expected the name of a Python class: CutMix, got "cut mix")
      --paper: the value is not allowed here (expected an arXiv number, a DOI or a venue, without quotes, <>, {}, got "\\"")
      --summary: the value is not allowed here (expected a sentence, without double quotes, <>, {}, got "a\\nb.")
      --name: libs/training/src/mixlab/methods/cutmix.py is there already

      --title: the name is taken (got "Blend")

      --title: the name is taken (got "CutMix")

      --name: the value is not allowed here (expected a name that is no word of Python, got "class")
      --title: the value is not allowed here (expected a name that is no word of Python, got "None")
      --summary: the value is not allowed here (expected a sentence, without double quotes, <>, {}, got "adds <b> to {a}.")

      --title: the name is taken (got "Cutmix")

      --title: the name is taken (got "Backbone")

      --name: the value is not allowed here (expected a name that is no word of TypeScript, got "await")
      --source: the value is not allowed here (expected where its numbers are from: 'OpenMixup, FOLDER/FILE.py', or 'Ours: …' and a paper, an idea, without |, <>, {}, got "Ours: see <paper>")"
    `);
  });

  it('takes back what it has written where nothing can be made of it', async () => {
    const broken = join(copy.root, 'libs/training/src/mixlab/methods/broken.py');
    writeFileSync(broken, 'raise ValueError("not today")\n');
    const settings = read('libs/training/tests/methods_settings.py');
    const tree = new FsTree(copy.root, false);
    try {
      const after = await method(tree, { ...halves, name: 'other', title: 'Other' });
      flushChanges(copy.root, tree.listChanges());
      await expect((async () => after())()).rejects.toThrow(
        /ValueError: not today[^]*\nthe files are as they were before; does the workspace need "npm run setup"\?$/,
      );
    } finally {
      rmSync(broken);
    }
    expect(read('libs/training/tests/methods_settings.py')).toBe(settings);
    expect(() => read('libs/training/src/mixlab/methods/other.py')).toThrow('ENOENT');
    expect(() => read('libs/training/tests/test_method_other.py')).toThrow('ENOENT');
  });

  it.each([
    [
      'cifar10/first',
      'this name lies inside the folder of the experiment cifar10, in configs/cifar10/mixups.config.ts',
    ],
    [
      'imagenet',
      'the experiment imagenet/rsb lies inside the folder of this name, in configs/imagenet/rsb.config.ts',
    ],
    ['tiny-imagenet', 'another experiment has this name, in configs/tiny-imagenet/mixups.config.ts'],
  ])('refuses the name %s, which clashes with that of an experiment', async (name, said) => {
    const options = { name, recipe: 'cifar', backbone: 'resnet18', methods: 'mixup' };
    await expect(experiment(new FsTree(copy.root, false), options)).rejects.toThrow(said);
  });

  it('refuses a method that reads attention on networks without any', async () => {
    const options = {
      name: 'new',
      recipe: 'cifar',
      backbone: 'resnet18,deit_small_patch16_224',
      methods: 'transmix',
    };
    await expect(experiment(new FsTree(copy.root, false), options)).rejects.toThrow(
      /^--backbone: transmix reads the attention of a transformer .*got "resnet18"\)$/,
    );
  });

  it.each([
    [2301.0001, '2301.00010'],
    [1412.651, '1412.6510'],
    [' 0704.0001', '0704.0001'],
    [2024, '2024'],
  ])('writes the paper that Nx gives as %j as %s', async (paper, written) => {
    const tree = new FsTree(copy.root, false);
    await method(tree, { ...halves, name: 'quarters', title: 'Quarters', paper });
    expect(tree.read('libs/training/src/mixlab/methods/quarters.py', 'utf8')).toContain(
      `@register(paper="${written}")`,
    );
  });

  it('takes the number of a paper as a flag', async () => {
    const flags = ['quarters', '--title=Quarters', '--paper=2301.00010', '--summary=Mixes', '--dry-run'];
    const { exitCode, all } = await nxGenerate('method', ...flags);
    expect(exitCode, all).toBe(0);
    expect(all).toContain('CREATE libs/training/src/mixlab/methods/quarters.py');
  });

  it('is found by Nx, whose flags answer the questions', async () => {
    const flags = ['tried/nx', '--recipe=pytorch', '--backbone=resnet50', '--methods=cutmix', '--dry-run'];
    const { exitCode, all } = await nxGenerate('experiment', ...flags);
    expect(exitCode, all).toBe(0);
    expect(all).toContain('CREATE configs/tried/nx.config.ts');
  });
});
