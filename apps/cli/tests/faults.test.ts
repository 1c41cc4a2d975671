import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { authored, largeExperiment, second } from './experiments.ts';
import { bin, makeWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

let workspace: Workspace;
/** Whatever a test makes goes with it, but for one whose sources several leave as they are. */
let kept: Workspace;
beforeAll(() => {
  kept = makeWorkspace({ 'configs/second.config.ts': second });
});
afterEach(() => {
  if (workspace === kept) rmSync(join(kept.home, 'generated'), { recursive: true, force: true });
  else workspace.remove();
});
afterAll(() => kept.remove());

describe('mistakes in authored files', () => {
  it('are all told at once, each with its place, and nothing is written', async () => {
    workspace = makeWorkspace({
      ...authored,
      'configs/typo.config.ts': experiment('typo', `'optimizer.lrr': 0.1, maxEpochs: 2,`),
      'configs/method.config.ts': experiment('method', undefined, 'mix.cutmxi()'),
      'configs/alpha.config.ts': experiment('alpha', undefined, 'mix.cutmix({ alpha: 0 })'),
      // What the types would see, were they asked.
      'configs/ignored.config.ts': experiment('ignored', `// @ts-ignore\n  maxEpochs: 'many',`),
      'configs/unmatched.config.ts': experiment(
        'unmatched',
        undefined,
        'vary(mix.vanilla(), mix.cutmix())',
      ).replace(
        ');\n',
        `)\n  .exclude({ mixMode: 'cutmix' })\n  .when({ mixMode: 'cutmix' }, { 'optimizer.lr': 0.1 });\n`,
      ),
      'configs/twice.config.ts': experiment('second'),
      'configs/inside.config.ts': experiment('tiny'),
    });
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs');
    expect(stderr).toMatchInlineSnapshot(`
      "configs/alpha.config.ts:4:91: mixMode.alpha: the value is not allowed here (expected more than 0, got 0)
      configs/ignored.config.ts:6:3: maxEpochs: the value is not allowed here (expected number, got "many")
      configs/inside.config.ts:4:3: name: the experiment tiny/first lies inside the folder of this name, at configs/tiny/first.config.ts:4:3 (got "tiny")
      configs/method.config.ts:4:83: mixMode: mix has no "cutmxi" (did you mean cutmix?)
      configs/second.config.ts:4:3: name: another experiment has this name, at configs/twice.config.ts:4:3 (got "second")
      configs/tiny/first.config.ts:4:3: name: this name lies inside the folder of the experiment tiny, at configs/inside.config.ts:4:3 (got "tiny/first")
      configs/twice.config.ts:4:3: name: another experiment has this name, at configs/second.config.ts:4:3 (got "second")
      configs/typo.config.ts:5:3: optimizer.lrr: unknown field "optimizer.lrr" (did you mean optimizer.lr?)
      configs/unmatched.config.ts:8:9: this \`when\` matches no run that is left
      9 problems; nothing was written"
    `);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(existsSync(join(workspace.home, 'generated'))).toBe(false);
  });

  it('are told together where the types see one and only the schema the other', async () => {
    workspace = makeWorkspace({
      'configs/both.config.ts': experiment('both', `batchSizes: 8, batchSize: -8, maxEpochs: 2,`),
    });
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect(stderr).toBe(
      'configs/both.config.ts:5:3: batchSizes: unknown field "batchSizes" (did you mean batchSize?)\n' +
        'configs/both.config.ts:5:18: batchSize: the value is not allowed here (expected more than 0, got -8)\n' +
        '2 problems; nothing was written',
    );
    expect(exitCode).toBe(2);
  });

  it('are told once where the types and the schema see the same', async () => {
    workspace = makeWorkspace({
      'configs/both.config.ts': experiment('both', `dataset: datasets.imagnet, maxEpochs: 2,`).replace(
        '{ ',
        '{ datasets, ',
      ),
    });
    const { stderr } = await workspace.mixlab('configs');
    expect(stderr).toBe(
      'configs/both.config.ts:5:21: dataset: datasets has no "imagnet" (did you mean imagenet?)\n' +
        'nothing was written',
    );
  });

  it('do not concern a sound experiment that is asked for by name', async () => {
    workspace = makeWorkspace({
      ...authored,
      'configs/typo.config.ts': experiment('typo', `'optimizer.lrr': 0.1, maxEpochs: 2,`),
    });
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs', '--experiment=second');
    expect([exitCode, stderr]).toEqual([0, 'not looked at, for they have problems: configs/typo.config.ts']);
    expect(stdout).toContain('7 written');
    const typo = await workspace.mixlab('configs', '--experiment=typo');
    expect([typo.exitCode, typo.stderr]).toEqual([
      2,
      'configs/typo.config.ts:5:3: optimizer.lrr: unknown field "optimizer.lrr" (did you mean optimizer.lr?)\nnothing was written',
    ]);
  });

  it.each([
    ['process.exit(0)', `(globalThis as any).process.exit(0);`, 'ends the process while it is loaded'],
    ['an await of what never comes', 'await new Promise(() => {});', 'waits for something that never comes'],
  ])('%s does not pass for success', async (_, statement, message) => {
    workspace = makeWorkspace({
      ...authored,
      'configs/ends.config.ts': `${experiment('ends')}${statement}\n`,
    });
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect(stderr).toMatch(new RegExp(`^configs/ends.config.ts:\\d+:\\d+: this file ${message}`));
    expect(exitCode).toBe(2);
    expect(existsSync(join(workspace.home, 'generated'))).toBe(false);
  });

  it.each(['while (isMainThread);', '{\n  setInterval(() => {}, 100);\n  await new Promise(() => {});\n}'])(
    'are told where a file is loaded well once and then never: %s',
    async (endless) => {
      workspace = makeWorkspace({
        ...authored,
        'configs/endless.config.ts':
          `const { process, setInterval } = globalThis as any;\n` +
          `const { isMainThread } = process.getBuiltinModule('node:worker_threads');\n` +
          `if (isMainThread) ${endless}\n${experiment('endless')}`,
      });
      const { exitCode, stdout, stderr } = await workspace.mixlab('check', '--load-limit=2');
      expect(stderr).toMatch(
        endless.startsWith('while')
          ? /^configs\/endless\.config\.ts:3:19: this file is still running after 2 s: it was stopped here$/
          : /^configs\/endless\.config\.ts:\d:\d+: this file waits for something that has not come after 2 s$/,
      );
      // Killed, by itself.
      expect([exitCode, stdout]).toEqual([undefined, '']);
    },
  );

  it('are told once where links lead to the same file again, and what is no file is none of them', async () => {
    workspace = makeWorkspace({
      'configs/folder/one.config.ts': experiment('one', 'maxEpochs: 1, batchSize: 0,'),
    });
    symlinkSync('..', join(workspace.home, 'configs/folder/above'));
    symlinkSync('/dev/zero', join(workspace.home, 'configs/endless.config.ts'));
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect(stderr).toBe(
      'configs/folder/one.config.ts:5:17: batchSize: the value is not allowed here (expected more than 0, got 0)\n' +
        'nothing was written',
    );
    expect(exitCode).toBe(2);
  });

  it('are told of a workspace without experiments', async () => {
    workspace = makeWorkspace({ 'configs/readme.txt': '' });
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect([exitCode, stderr]).toEqual([
      2,
      'there are no experiments: no file matches configs/**/*.config.ts\nnothing was written',
    ]);
  });
});

describe('what is in the way', () => {
  it('a file that was changed by hand is kept, until --force', async () => {
    workspace = makeWorkspace(authored);
    await workspace.mixlab('configs');
    const path = 'generated/second/launch/local.sh';
    const original = workspace.read(path);
    workspace.write(path, `${original}# mine\n`);
    const edited = second.replace('vary(100, 200)', '300');
    workspace.write('configs/second.config.ts', edited);

    const refused = await workspace.mixlab('configs');
    expect(refused.stderr).toContain(
      'launch/local.sh was changed after Mixlab wrote it; --force overwrites it',
    );
    expect([refused.exitCode, refused.stdout]).toEqual([1, '']);
    expect(workspace.read(path)).toContain('# mine');
    expect(workspace.files('generated/second').join()).toContain('ep100');

    const forced = await workspace.mixlab('configs', '--force');
    expect(forced.stdout).toContain('second      1 run   4 written, 2 unchanged, 2 removed');
    expect(workspace.read(path)).not.toContain('# mine');
  });

  it('a damaged plan is said, and written anew by --force', async () => {
    workspace = kept;
    await workspace.mixlab('configs');
    const path = 'generated/second/plan.json';
    const whole = workspace.read(path);
    const texts = [whole.slice(0, 100), whole.replace(/"hash":"[0-9a-f]{8}/, '"hash":"'), `${whole}\n`];
    const refused = [];
    for (const text of texts) {
      workspace.write(path, text);
      refused.push(await workspace.mixlab('configs'));
    }
    expect(refused.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1]);
    expect(refused.map(({ stderr }) => stderr).join('\n')).toMatchInlineSnapshot(`
      "generated/second/plan.json is damaged: it is not JSON: Unterminated string in JSON at position 100; \`npx mixlab configs --force\` writes it anew
      runs.0.hash: generated/second/plan.json is damaged: Invalid string: must match pattern /^[0-9a-f]{64}$/; \`npx mixlab configs --force\` writes it anew
      generated/second/plan.json was changed after Mixlab wrote it; --force overwrites it"
    `);
    await workspace.mixlab('configs', '--force');
    expect(workspace.read(path)).toBe(whole);
  });

  it('a damaged manifest is said, and put right by --force', async () => {
    workspace = kept;
    await workspace.mixlab('configs');
    workspace.write('generated/second/.manifest.json', '{"version":1,"fil');
    const refused = await workspace.mixlab('configs');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/\.manifest\.json.*--force/);
    const forced = await workspace.mixlab('configs', '--force');
    expect(forced.exitCode).toBe(0);
    expect((await workspace.mixlab('configs')).stdout).toContain('0 written, 7 unchanged');
  });

  it('an output folder that cannot be made', async () => {
    workspace = kept;
    const { exitCode, stderr } = await workspace.mixlab('configs', '--out=configs/second.config.ts/out');
    expect(stderr).toMatch(/cannot \w+ .*second\.config\.ts\/out.*: a file lies where a folder is needed/);
    expect(exitCode).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)('an output folder that is read-only', async () => {
    workspace = kept;
    mkdirSync(join(workspace.home, 'generated'));
    chmodSync(join(workspace.home, 'generated'), 0o500);
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect(stderr).toMatch(/cannot \w+ .*generated.*: permission denied/);
    expect(exitCode).toBe(1);
  });
});

describe('several processes', () => {
  it('two generators at once leave what one would', async () => {
    workspace = makeWorkspace(authored);
    const both = await Promise.all([workspace.mixlab('configs'), workspace.mixlab('configs')]);
    expect(both.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    const { stdout } = await workspace.mixlab('configs');
    expect(stdout).toContain('second      2 runs  0 written, 7 unchanged, 0 removed');
  });

  it('a generator that is killed leaves each file whole, and the next one finishes', async () => {
    workspace = makeWorkspace({ 'configs/large.config.ts': largeExperiment(500) });
    const { home } = workspace;
    const folder = join(home, 'generated/large/configs');
    for (const delay of [0, 60]) {
      const victim = execa(process.execPath, [bin, 'configs'], { cwd: home, reject: false });
      while (!existsSync(folder)) await sleep(2);
      await sleep(delay);
      victim.kill('SIGKILL');
      await victim;
      for (const file of workspace.files('generated/large/configs')) {
        expect(() => JSON.parse(workspace.read(`generated/large/configs/${file}`))).not.toThrow();
      }
    }
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect([exitCode, stderr]).toEqual([0, '']);
    const finished = workspace.files();
    expect(finished.filter((file) => file.includes('configs/'))).toHaveLength(500);
    rmSync(join(home, 'generated'), { recursive: true });
    await workspace.mixlab('configs');
    expect(workspace.files()).toEqual(finished);
  });
});

function experiment(name: string, field = 'maxEpochs: 10,', mixMode = 'mix.vanilla()'): string {
  return `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: '${name}', recipe: recipes.cifar, backbone: vary('resnet20'), mixMode: ${mixMode},
  ${field}
});
`;
}
