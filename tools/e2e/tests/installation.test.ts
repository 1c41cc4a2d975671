import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { Installation } from '../src/installation.ts';

/** 1,442 images make two steps of an epoch. */
const experiment = (method: string) => `
import { defineExperiment, last, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'mine',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  batchSize: 640,
  maxEpochs: 1,
  'schedule.warmupEpochs': 0,
  mixMode: vary(mix.vanilla(), mix.${method}({ alpha: 1 })),
  report: last(),
  launch: { gpusPerRun: 0 },
});
`;

describe('installed from tarballs and a wheel into an empty folder', () => {
  let user: Installation;

  beforeAll(async () => {
    user = await Installation.make();
  });

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
    expect(user.read('.gitignore')).toBe('mine\n');

    const configs = await user.run('npx', 'mixlab', 'configs');
    expect(configs.exitCode, configs.all).toBe(0);
    expect(JSON.parse(user.read('generated/digits/plan.json')).runs).toHaveLength(3);
  });

  it('refuses a typo, in the editor and in the command, with its place', async () => {
    user.write('configs/mine.config.ts', experiment('cutmxi'));
    const tsc = await user.run('npx', 'tsc', '-p', 'configs');
    expect(tsc.stdout).toMatch(/^configs\/mine\.config\.ts\(11,36\): .*'cutmxi'.*'cutmix'/);
    const configs = await user.run('npx', 'mixlab', 'configs');
    expect(configs.exitCode).toBe(2);
    expect(configs.stderr).toMatch(/^configs\/mine\.config\.ts:11:36: .*cutmxi.*cutmix/m);
  });

  it('generates, trains with the wheel and prints the table', async () => {
    const { stdout: file } = await user.run(
      '.venv/bin/python',
      '-Pc',
      'import mixlab; print(mixlab.__file__)',
    );
    expect(file.startsWith(join(user.home, '.venv'))).toBe(true);

    user.write('configs/mine.config.ts', experiment('cutmix'));
    // Declarations included: they need neither the user's @types/node nor her own settings.
    const tsc = await user.run('npx', 'tsc', '-p', 'configs', '--skipLibCheck', 'false');
    expect(tsc.exitCode, tsc.all).toBe(0);
    for (const [program, ...args] of [
      ['npx', 'mixlab', 'configs', '--experiment=mine'],
      ['bash', 'generated/mine/launch/local.sh', '-j', '2'],
    ] as const) {
      const { exitCode, all } = await user.run(program, ...args);
      expect(exitCode, all).toBe(0);
    }
    const table = await user.run('npx', 'mixlab', 'table', '--experiment=mine', '--format=md');
    expect(table.stdout, table.all).toMatch(/vanilla.*\| *\d+\.\d\d/);
    expect(table.stdout).toMatch(/cutmix.*\| *\d+\.\d\d/);
  });
});
