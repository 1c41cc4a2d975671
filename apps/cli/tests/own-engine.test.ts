import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { makeWorkspace } from './workspace.ts';

/** The engine and the experiment that a page of docs/ shows. */
function exampleOf(page: string): string[] {
  return readFileSync(join(import.meta.dirname, '../../../docs', page), 'utf8')
    .split('```ts\n')
    .slice(1)
    .map((part) => part.split('```')[0] as string);
}

it('an engine of one’s own drives another trainer: real scripts, real argument parser, retry and skip', async () => {
  const [engine = '', experiment = ''] = exampleOf('engines.md');
  const workspace = makeWorkspace({ 'configs/timm.engine.ts': engine, 'configs/timm.config.ts': experiment });
  try {
    copyFileSync(join(import.meta.dirname, 'fixtures/timm_train.py'), join(workspace.home, 'train.py'));
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs');
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout).toContain('timm/r50  3 runs');
    const local = (...args: string[]) =>
      execa('bash', [join(workspace.home, 'generated/timm/r50/launch/local.sh'), ...args], {
        cwd: '/',
        env: { MIXLAB_PYTHON: 'python3', MIXLAB_GPU_CLAIMS: join(workspace.home, 'claims') },
        reject: false,
        all: true,
      });

    const first = await local('--gpus', '2,3', '--retries', '1', '--retry-delay', '0');
    expect(first.all).toContain('6 completed, 0 skipped, 0 failed');
    expect(first.all).toContain('CUDA out of memory');
    expect(first.exitCode).toBe(0);
    const lines = workspace.read('calls.jsonl').trim().split('\n');
    const calls = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(calls).toHaveLength(7);
    const given = calls.map(({ mixup, cutmix, seed }) => JSON.stringify([mixup, cutmix, seed]));
    expect([...new Set(given)].sort()).toEqual([
      '[0,0,42]',
      '[0,0,43]',
      '[0,1,42]',
      '[0,1,43]',
      '[0.8,0,42]',
      '[0.8,0,43]',
    ]);
    expect(calls[0]).toMatchObject({
      model: 'resnet50',
      aa: 'it\'s $(odd) "text"',
      amp: true,
      data_dir: '/data/imagenet',
    });
    expect(new Set(calls.map(({ gpus }) => gpus))).toEqual(new Set(['2', '3']));
    expect(workspace.files('work_dirs').filter((file) => file.endsWith('summary.csv'))).toHaveLength(6);

    expect((await local('--gpus', '2,3')).all).toContain('0 completed, 6 skipped, 0 failed');
    expect(workspace.read('calls.jsonl').trim().split('\n')).toHaveLength(7);

    workspace.write('configs/timm.config.ts', experiment.replace('mixup: 0.8', "mixupp: 'much'"));
    const wrong = await workspace.mixlab('configs');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('configs/timm.config.ts:');
    expect(wrong.stderr).toContain('did you mean mixup?');
  } finally {
    workspace.remove();
  }
});

it('the example for users of Hydra is planned, with its words for the command line', async () => {
  const [engine = '', experiment = ''] = exampleOf('hydra.md');
  const workspace = makeWorkspace({
    'configs/hydra.engine.ts': engine,
    'configs/hydra.config.ts': experiment,
  });
  try {
    const { exitCode, stdout, stderr } = await workspace.mixlab('configs');
    expect([stderr, exitCode]).toEqual(['', 0]);
    expect(stdout).toContain('hydra/first  4 runs');
    const commands = workspace.read('generated/hydra/first/launch/commands.sh');
    for (const word of ['model=resnet18', 'optimizer.name=adamw', 'optimizer.lr=0.001', 'seed=1'])
      expect(commands).toContain(word);
  } finally {
    workspace.remove();
  }
});

it('an engine whose functions throw, or give what is no command line, is refused before anything is written', async () => {
  const wrong = {
    throws: "command: () => { throw new Error('no such model'); }",
    loops: 'command: ({ config }) => { while (config.model) {} return [] }',
    ends: 'command: () => (globalThis as any).process.exit(0)',
    words: 'command: ({ config }) => [config.model, NaN]',
    nothing: 'command: () => [], render: () => 3 as never',
  };
  const files = Object.entries(wrong).map(([name, functions]) => [
    `configs/${name}.config.ts`,
    `import { defineEngine, vary } from '@mixlab/dsl';
const engine = defineEngine({ name: 'own', schema: { model: 'resnet50' }, ${functions} });
export default engine.define({ name: '${name}', model: vary('a', 'b') });
`,
  ]);
  const workspace = makeWorkspace(Object.fromEntries(files) as Record<string, string>);
  try {
    const { exitCode, stderr } = await workspace.mixlab('configs');
    expect(exitCode).toBe(2);
    expect(stderr.replaceAll(/-[0-9a-f]{8}$/gm, '').split('\n')).toEqual([
      "configs/ends.config.ts:1:1: the engine's `command` throws: Error: it ends the process: process.exit, for the run model-a",
      "configs/loops.config.ts:1:1: the engine's `render` or `command` is still running after 3 s, for the run model-a",
      "configs/nothing.config.ts:1:1: the engine's `render` gives number, and no text, for the run model-a",
      "configs/nothing.config.ts:1:1: the engine's `command` gives no list of words, or an empty one, for the run model-a",
      "configs/throws.config.ts:1:1: the engine's `command` throws: Error: no such model, for the run model-a",
      "configs/words.config.ts:1:1: the engine's `command` gives NaN as its word 2, for the run model-a",
      '6 problems; nothing was written',
    ]);
    expect(workspace.files('.').filter((file) => file.startsWith('generated'))).toEqual([]);
  } finally {
    workspace.remove();
  }
});
