import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Installation } from '../src/installation.ts';

/** 1,442 images make two steps of an epoch. */
const experiment = (name: string, backbone: string, methods: string) => `
import { defineExperiment, last, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}',
  recipe: recipes.quickstart,
  backbone: '${backbone}',
  batchSize: 640,
  maxEpochs: 1,
  'schedule.warmupEpochs': 0,
  'model.stem': 'imagenet',
  mixMode: vary(${methods}),
  report: last(),
  launch: { gpusPerRun: 0 },
});
`;

/** All tests share it, in their order. */
let user: Installation;

beforeAll(async () => {
  user = await Installation.make();
});

describe('installed from tarballs and a wheel into an empty folder', () => {
  it('runs no script at installation', () => {
    const { packages } = JSON.parse(user.read('package-lock.json'));
    expect(Object.keys(packages)).toContain('node_modules/@mixlab/dsl');
    expect(Object.keys(packages).filter((name) => packages[name].hasInstallScript)).toEqual([]);
  });

  it('starts with an experiment that the compiler takes, and keeps what is there', async () => {
    const nowhere = await user.run('npx', 'mixlab', 'configs');
    expect(nowhere.exitCode).toBe(2);
    expect(nowhere.stderr).toContain('"mixlab init" starts one');

    user.write('.gitignore', 'mine\n');
    const init = await user.run('npx', 'mixlab', 'init');
    expect(init.exitCode, init.all).toBe(0);
    expect(init.stdout).toMatch(/^wrote configs\/digits\.config\.ts\n/);
    expect(init.stdout).toContain('kept package.json, which was there');
    expect(init.stdout).not.toContain('python3 -m venv');
    expect(user.read('.gitignore')).toBe('mine\n');

    const configs = await user.run('npx', 'mixlab', 'configs');
    expect(configs.exitCode, configs.all).toBe(0);
    expect(JSON.parse(user.read('generated/digits/plan.json')).runs).toHaveLength(3);
  });

  it('makes a folder of its own with what npm create runs, whose scripts work', async () => {
    // Below the folder with the packages, which npm and Node therefore find.
    const made = await user.run('npx', 'create-mixlab', "the lab's/No. 2");
    expect(made.exitCode, made.all).toBe(0);
    expect(made.stdout).toContain(`cd 'the lab'\\''s/No. 2'\n  npm install`);
    expect(made.stdout).toContain('\n  python3 -m venv .venv  ');
    const { name, devDependencies } = JSON.parse(user.read("the lab's/No. 2/package.json"));
    expect(name).toBe('no.-2');
    for (const [dependency, range] of Object.entries(devDependencies)) {
      const { version } = JSON.parse(user.read(`node_modules/${dependency}/package.json`));
      expect(range).toBe(`^${version}`);
    }
    for (const script of ['typecheck', 'configs']) {
      const { exitCode, all } = await user.run('npm', 'run', script, '--prefix', "the lab's/No. 2");
      expect(exitCode, all).toBe(0);
    }
    expect(JSON.parse(user.read("the lab's/No. 2/generated/digits/plan.json")).runs).toHaveLength(3);

    const refused = await user.run('npx', 'mixlab', 'init', 'package.json/lab');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/^mixlab init: .*package\.json is a file/);
  });

  it('refuses a typo, in the editor and in the command, with its place', async () => {
    user.write('configs/mine.config.ts', experiment('mine', 'resnet8', 'mix.cutmxi({ alpha: 1 })'));
    const tsc = await user.run('npx', 'tsc', '-p', 'configs');
    expect(tsc.stdout).toMatch(/^configs\/mine\.config\.ts\(12,21\): .*'cutmxi'.*'cutmix'/);
    const configs = await user.run('npx', 'mixlab', 'configs');
    expect(configs.exitCode).toBe(2);
    expect(configs.stderr).toMatch(/^configs\/mine\.config\.ts:12:21: .*cutmxi.*cutmix/m);
  });

  it('imports a config of OpenMixup, whose grammar comes with the package', async () => {
    user.write(
      'openmixup/configs/r18.py',
      "model = dict(type='Mixed', depth=2 * 9)\nrunner = dict(max_epochs=1)\n",
    );
    const imported = await user.run('npx', 'mixlab', 'import', 'openmixup/configs/r18.py');
    expect(imported.exitCode, imported.all).toBe(0);
    expect(user.read('configs/openmixup/r18.base.ts')).toContain("model: { type: 'Mixed', depth: 18 }");
    rmSync(join(user.home, 'configs/openmixup'), { recursive: true });
  });

  it('generates, trains with the wheel and prints the table', async () => {
    const { stdout: file } = await user.run(
      '.venv/bin/python',
      '-Pc',
      'import mixlab; print(mixlab.__file__)',
    );
    expect(file.startsWith(join(user.home, '.venv'))).toBe(true);

    user.write('configs/mine.config.ts', experiment('mine', 'resnet8', 'mix.cutmix({ alpha: 1 })'));
    // Declarations included: they need neither the user's @types/node nor her own settings.
    const tsc = await user.run('npx', 'tsc', '-p', 'configs', '--skipLibCheck', 'false');
    expect(tsc.exitCode, tsc.all).toBe(0);
    await generateAndTrain('mine');
    const table = await user.run('npx', 'mixlab', 'table', '--experiment=mine', '--format=md');
    expect(table.stdout, table.all).toMatch(/cutmix.*\| *\d+\.\d\d/);

    const plot = await user.run('npx', 'mixlab', 'plot', '--experiment=mine', '--kind=bars', '--format=png');
    expect(plot.stdout, plot.all).toBe('plots/mine/bars.png');
    // Half of it are the letters, of a font that comes with the package.
    expect(statSync(join(user.home, 'plots/mine/bars.png')).size).toBeGreaterThan(15_000);

    const page = await user.run('npx', 'mixlab', 'dashboard', '--experiment=mine', '--export=runs.html');
    expect(page.stdout, page.all).toBe('runs.html');
    // Most of it is what runs in the browser, which the package has put together.
    expect(statSync(join(user.home, 'runs.html')).size).toBeGreaterThan(300_000);
  });
});

describe("a method and a network of one's own package", () => {
  const own = (methods: string, backbone = 'my_pkg:TinyNet') => {
    user.write('configs/own.config.ts', experiment('own', backbone, methods));
  };

  it('are known after mixlab catalog', async () => {
    const missing = await user.run('npx', 'mixlab', 'catalog', '--from', 'my_pkg');
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toMatch(/^there is no package my_pkg for .*python: install it there/);

    await user.installPackage('my_pkg');
    const { exitCode, all } = await user.run('npx', 'mixlab', 'catalog', '--from', 'my_pkg');
    expect(exitCode, all).toBe(0);
    expect(all).toBe(
      'wrote configs/my_pkg.catalog.ts\n' +
        '  mix.my_pkg.halves(): Every image is blended with another one, always in the same shares.\n' +
        "  backbone 'my_pkg:TinyNet': cnn",
    );
    const again = await user.run('npx', 'mixlab', 'catalog', '--from', 'my_pkg');
    expect(again.all).toContain('nothing changed');
  });

  it('are refused with a wrong name, parameter or value, with its place', async () => {
    const configs = async () => (await user.run('npx', 'mixlab', 'configs', '--experiment=own')).stderr;
    own('mix.my_pkg.halfs()');
    expect(await configs()).toMatch(/own\.config\.ts:12:28: .*mix\.my_pkg has no "halfs".*halves/);

    own('mix.my_pkg.halves({ shares: 0.5 }),\n mix.my_pkg.halves({ share: 2 })', 'my_pkg:TinyNt');
    const problems = await configs();
    expect(problems).toMatch(/own\.config\.ts:7:3: backbone: .*my_pkg:TinyNet/);
    expect(problems).toMatch(/own\.config\.ts:12:37: .*"shares".*share/);
    expect(problems).toMatch(/own\.config\.ts:13:22: mixMode\.share: .*at most 1/);
  });

  it('are type-checked, planned, trained and reported as the others are', async () => {
    own(
      'mix.my_pkg.halves({ share: 0.5 }), mix.oneOf([[mix.my_pkg.halves({ share: 0.3 }), 0.5], [mix.mixup(), 0.5]])',
    );
    const tsc = await user.run('npx', 'tsc', '-p', 'configs');
    expect(tsc.exitCode, tsc.all).toBe(0);

    await generateAndTrain('own');
    const table = await user.run('npx', 'mixlab', 'table', '--experiment=own', '--format=md');
    expect(table.stdout, table.all).toMatch(/my_pkg:halves.*\| *\d+\.\d\d/);

    // Both sides leave out what equals the default in the package's own class.
    const check = await user.run(
      '.venv/bin/python',
      '-m',
      'mixlab.train',
      '--check',
      'generated/own/plan.json',
    );
    expect(check.exitCode, check.all).toBe(0);
  });
});

async function generateAndTrain(name: string): Promise<void> {
  for (const [program, ...args] of [
    ['npx', 'mixlab', 'configs', `--experiment=${name}`],
    ['bash', `generated/${name}/launch/local.sh`, '-j', '2'],
  ] as const) {
    const { exitCode, all } = await user.run(program, ...args);
    expect(exitCode, all).toBe(0);
  }
}
