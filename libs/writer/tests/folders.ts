import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ConfigIssue } from '@mixlab/contracts';
import { ConfigError } from '@mixlab/contracts';
import { writeGenerated, type ExperimentFiles, type WriteOptions } from '@mixlab/writer';
import { onTestFinished } from 'vitest';

export type Tree = Readonly<Record<string, string>>;

/** A folder of its own for a test, gone after it. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-writer-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function put(folder: string, tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Every file below a folder with its text, the manifest left out; a link shows as `→`. */
export function treeOf(folder: string): Tree {
  const tree: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const shown = path.slice(folder.length + 1);
    if (entry.isSymbolicLink()) tree[shown] = '→';
    else if (entry.isFile() && entry.name !== '.manifest.json') tree[shown] = readFileSync(path, 'utf8');
  }
  return tree;
}

/** Modification times of everything below a folder, folders included, in nanoseconds. */
export function timesOf(folder: string): Readonly<Record<string, bigint>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths.map((path) => [path, lstatSync(join(folder, path), { bigint: true }).mtimeNs]),
  );
}

/** An experiment whose files are those of a tree, in the order of its keys. */
export function experiment(name: string, tree: Tree, planned?: readonly string[]): ExperimentFiles {
  return {
    experiment: name,
    files: () => Object.entries(tree).map(([path, text]) => ({ path, text })),
    ...(planned && { planned: () => planned }),
  };
}

/** Writes one experiment called `e`. */
export function generate(
  out: string,
  tree: Tree,
  options: Partial<WriteOptions> & { planned?: string[] } = {},
) {
  const { planned, ...rest } = options;
  return writeGenerated([experiment('e', tree, planned)], { out, ...rest });
}

/** The problems with which a promise is refused. */
export function issuesOf(promise: Promise<unknown>): Promise<readonly ConfigIssue[]> {
  return promise.then(() => {
    throw new Error('expected a ConfigError, and nothing was thrown');
  }, issuesOfError);
}

export function issuesOfError(error: unknown): readonly ConfigIssue[] {
  if (error instanceof ConfigError) return error.issues;
  throw error;
}
