import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

const here = join(import.meta.dirname, '..');
const packages = join(here, '../../node_modules');
const clone = mkdtempSync(join(tmpdir(), 'mixlab clone '));
const cache = join(clone, 'node_modules/.cache/mixlab');
const source = join(clone, 'apps/cli/src/word.ts');

/** A clone whose only command prints a word of another module, and whether it runs from a bundle. */
beforeAll(async () => {
  cpSync(join(here, 'bin'), join(clone, 'apps/cli/bin'), { recursive: true });
  cpSync(join(here, 'package.json'), join(clone, 'apps/cli/package.json'));
  write('node_modules/.package-lock.json', '{}');
  for (const name of ['esbuild', 'tsx', 'zod'])
    symlinkSync(join(packages, name), join(clone, 'node_modules', name));
  write(
    'apps/cli/src/run.ts',
    `import { word } from './word.ts';
    export async function run(argv: readonly string[]): Promise<number> {
      const from = new Error().stack?.includes('/.cache/') ? 'bundle' : 'sources';
      console.log(argv[0], word satisfies string, from);
      return 0;
    }`,
  );
  for (const name of [
    'dsl/src/index',
    'dsl/src/origin',
    'authoring/src/trial-worker',
    'authoring/src/load-guard',
  ])
    write(`libs/${name}.ts`, 'export {};');
  write('apps/cli/src/word.ts', `export const word = 'one';`);
  // What has just been written may be written again within the same tick of the clock.
  await setTimeout(2500);
});

afterAll(() => rmSync(clone, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), text);
}

async function start(command = 'status'): Promise<string> {
  const { stdout } = await execa(process.execPath, [join(clone, 'apps/cli/bin/mixlab.mjs'), command]);
  return stdout;
}

it('a command starts from a bundle, made once and by whoever comes first', async () => {
  expect(await Promise.all([start(), start(), start()])).toEqual(Array(3).fill('status one bundle'));
  const made = readdirSync(cache);
  expect(await start('table')).toBe('table one bundle');
  expect(await start('configs')).toBe('configs one bundle');
  expect(readdirSync(cache)).toEqual(made);
});

it('a bundle that has lost a file is made anew', async () => {
  for (const name of readdirSync(cache)) if (!name.endsWith('.json')) rmSync(join(cache, name, 'run.mjs'));
  expect(await start()).toBe('status one bundle');
});

it('a source that changes under its old size and time is seen at once', async () => {
  const { atime, mtime } = statSync(source);
  writeFileSync(source, `export const word = 'two';`);
  utimesSync(source, atime, mtime);
  expect(await start()).toMatch(/^status two/);
});

it('where nothing can be kept the sources themselves run', async () => {
  rmSync(cache, { recursive: true });
  writeFileSync(cache, '');
  expect(await start()).toBe('status two sources');
});
