import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startScript } from '@mixlab/launch';
import { expect, it, onTestFinished } from 'vitest';

/** Starts a bash script in a folder with a blank in its name; `output` reads what it has printed. */
async function start(text: string, options: { args?: string[]; input?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab script '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const script = join(folder, 'local.sh');
  const output = join(folder, 'log');
  writeFileSync(script, text);
  const started = await startScript({ script, args: [], cwd: folder, output, ...options });
  return { started, output: () => readFileSync(output, 'utf8') };
}

it('hands over arguments and input, and tells the exit code', async () => {
  const { started, output } = await start('printf "<%s>" "$@"; cat; exit 7', {
    args: ['a b', "it's"],
    input: 'x'.repeat(200_000),
  });
  expect(await started.ended).toBe(7);
  expect(output()).toBe(`<a b><it's>${'x'.repeat(200_000)}`);
});

it('is no worse off where the script does not read its input', async () => {
  const { started } = await start('exit 2', { input: 'x'.repeat(1_000_000) });
  expect(await started.ended).toBe(2);
});

it('counts a signal that ends the script as 128 and its number', async () => {
  const { started } = await start('kill -KILL $$');
  expect(await started.ended).toBe(137);
  started.signal('SIGTERM');
});

it('is in a session of its own', async () => {
  const { started, output } = await start('ps -o sid= -p $$');
  await started.ended;
  expect(Number(output())).toBe(started.pid);
});
