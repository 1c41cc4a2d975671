import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packWheel } from './pack-wheel.ts';
import { packTarballs } from './pack-tarballs.ts';

/** What somebody else installs, as absolute paths. */
export interface Packed {
  /** The package `mixlab` and those of the workspace that it needs. */
  readonly tarballs: readonly string[];
  readonly wheel: string;
}

/**
 * Packs what is used outside of the workspace: npm tarballs of built JavaScript with its types, and the wheel of the
 * training library. All have the version of `apps/cli/package.json`.
 *
 * @param root the workspace
 * @param python a Python with pip and setuptools
 * @param out the folder to put them into
 */
export async function packAll(root: string, python: string, out: string): Promise<Packed> {
  const { version } = JSON.parse(readFileSync(join(root, 'apps/cli/package.json'), 'utf8')) as {
    version: string;
  };
  const staging = mkdtempSync(join(tmpdir(), 'mixlab-pack-'));
  try {
    mkdirSync(out, { recursive: true });
    const tarballs = await packTarballs(root, version, join(staging, 'npm'), out);
    const wheel = await packWheel(root, version, python, join(staging, 'python'), out);
    return { tarballs, wheel };
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}
