import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A workspace of authored files alone, in a folder with a space in its name, until the test has finished. */
export function authoredWorkspace(
  files: Readonly<Record<string, string>>,
  until: (remove: () => void) => void = onTestFinished,
): string {
  const home = mkdtempSync(join(tmpdir(), 'mixlab authoring '));
  until(() => rmSync(home, { recursive: true, force: true }));
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(home, 'node_modules'));
  for (const [path, text] of Object.entries(files)) writeIn(home, path, text);
  return home;
}

export function writeIn(home: string, path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}
