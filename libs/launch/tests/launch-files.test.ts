import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLaunchFiles, NewLines } from '@mixlab/launch';
import { expect, it, onTestFinished } from 'vitest';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab launch '));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

it('starts in the same moment have files of their own', () => {
  const folder = join(temporaryFolder(), 'work_dirs/digits');
  const logs = Array.from({ length: 50 }, () => createLaunchFiles(folder).log);
  expect(new Set(logs).size).toBe(50);
  expect(readdirSync(join(folder, '.launch'))).toHaveLength(50);
});

it('a file is followed line by line, from before it is there, wherever a writer stops', () => {
  const file = join(temporaryFolder(), 'events');
  const lines = new NewLines(file);
  expect(lines.read()).toEqual([]);
  const umlaut = Buffer.from('ü\n');
  appendFileSync(file, 'one\ntw');
  expect(lines.read()).toEqual(['one']);
  appendFileSync(file, 'o\nx');
  appendFileSync(file, umlaut.subarray(0, 1));
  expect(lines.read()).toEqual(['two']);
  appendFileSync(file, umlaut.subarray(1));
  appendFileSync(file, 'long\n'.repeat(50_000));
  const rest = lines.read();
  expect([rest[0], rest.length]).toEqual(['xü', 50_001]);
  expect(lines.read()).toEqual([]);
});
