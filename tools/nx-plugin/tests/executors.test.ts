import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const root = resolve(__dirname, '../../..');

function nx(...args: string[]) {
  const env = { NX_DAEMON: 'false', NX_TUI: 'false' };
  return execa('npx', ['nx', 'run', ...args], { cwd: root, env, reject: false, all: true });
}

describe('nx run generator:configs', () => {
  it('is npx mixlab configs', async () => {
    const out = join(mkdtempSync(join(tmpdir(), 'nx-')), 'out');
    const { exitCode, all } = await nx(
      'generator:configs',
      '--experiment=quickstart/digits',
      '--mix-mode=cutmix,mixup',
      `--out=${out}`,
    );
    expect(exitCode, all).toBe(0);
    expect(existsSync(join(out, 'quickstart/digits/plan.json'))).toBe(true);
    expect(existsSync(join(out, 'quickstart/digits/launch/local.sh'))).toBe(true);
  });

  it('lets the command itself report a wrong value, with the nearest right one', async () => {
    const { exitCode, all } = await nx('generator:configs', '--mix-mode=cutmx', '--dry-run');
    expect(exitCode).not.toBe(0);
    expect(all).toMatch(/cutmx.*cutmix/);
  });
});

describe('schema.json of the executors', () => {
  it('is what the commands say today', async () => {
    const script = join(root, 'tools/nx-plugin/src/write-schemas.mts');
    const { exitCode, all } = await execa('npx', ['tsx', script, '--check'], {
      cwd: root,
      reject: false,
      all: true,
    });
    expect(exitCode, all).toBe(0);
  });
});
