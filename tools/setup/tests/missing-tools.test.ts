import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** A checkout with Node's packages in place, no virtual environment, and only the given programs on PATH. */
function checkout(programs: Record<string, string>): { folder: string; PATH: string } {
  const folder = join(mkdtempSync(join(tmpdir(), 'mixlab-')), 'my checkout');
  for (const path of ['tools/setup', 'libs/training/pyproject.toml', 'package.json', 'package-lock.json']) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path), { recursive: true });
  }
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['tsx', 'execa'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  writeFileSync(join(folder, 'node_modules/.mixlab-setup'), lock);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  return { folder, PATH: bin };
}

async function setUp({ folder, PATH }: { folder: string; PATH: string }, nodeOptions: string[] = []) {
  const run = join(folder, 'tools/setup/run.mjs');
  return execa(process.execPath, [...nodeOptions, run, 'setup'], {
    cwd: folder,
    env: { PATH },
    extendEnv: false,
    reject: false,
  });
}

const bash = 'echo 5.2';

describe('set-up says in one line what to do', () => {
  it('when Node is too old', async () => {
    const old =
      'data:text/javascript,Object.defineProperty(process, "versions", { value: { node: "18.20.1" } })';
    const { exitCode, stderr } = await setUp(checkout({}), ['--import', old]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: 'Mixlab needs Node 20.19 or newer, and this is 18.20.1: install it from https://nodejs.org',
    });
  });

  it.each([
    ['bash is missing', {}, /^Mixlab needs bash 3\.2 or newer, and there is none: install it .*$/],
    [
      'bash is too old',
      { bash: 'echo 3.1' },
      /^Mixlab needs bash 3\.2 or newer, and this is 3\.1: update it .*$/,
    ],
    ['Python is missing', { bash }, /^Mixlab needs Python 3\.11 or newer, and there is none: install it .*$/],
    [
      'Python is too old',
      { bash, python3: 'echo 3.9' },
      /^Mixlab needs Python 3\.11 or newer, and python3 is 3\.9: install it .* or set MIXLAB_PYTHON$/,
    ],
    [
      'Python has no venv module',
      { bash, python3: 'case "$2" in *ensurepip*) exit 1;; *) echo 3.12;; esac' },
      /^python3 has no venv module: install it .*$/,
    ],
  ])('when %s', async (_, programs, message) => {
    const { exitCode, stderr } = await setUp(checkout(programs));
    expect(exitCode).toBe(1);
    expect(stderr.trim()).toMatch(message);
  });
});
