import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { originModuleUrl, sharedModules } from './shared-modules.ts';
import { linkedPackages } from './workspace-packages.ts';

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Hash of a file's content; undefined when it cannot be read. */
export function hashFile(path: string): string | undefined {
  try {
    return sha256(readFileSync(path));
  } catch {
    return undefined;
  }
}

/**
 * Everything besides files' contents that a check depends on: which files, where they lie, the compiler, this
 * package's own text, and where the packages are that compiled files are linked to.
 */
export function checkKey(home: string, files: readonly string[]): string {
  const { version } = createRequire(import.meta.url)('ts-morph/package.json') as { version: string };
  const own = readdirSync(import.meta.dirname).sort();
  const ownHashes = own.map((file) => hashFile(join(import.meta.dirname, file)));
  const links = [linkedPackages, sharedModules, originModuleUrl];
  return sha256(JSON.stringify([home, files, version, own, ownHashes, links]));
}
