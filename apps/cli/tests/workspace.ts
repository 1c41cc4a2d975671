import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';

export const bin = join(import.meta.dirname, '../bin/mixlab.mjs');

export interface Outcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A workspace with authored files, in a folder with spaces in its name, and the real command in it. */
export interface Workspace {
  readonly home: string;
  mixlab(...args: string[]): Promise<Outcome>;
  /** The same, from a folder in the workspace. */
  mixlabIn(folder: string, ...args: string[]): Promise<Outcome>;
  write(path: string, text: string): void;
  read(path: string): string;
  /** Paths of all files below a folder, sorted, without what tools keep for themselves. */
  files(folder?: string): string[];
  remove(): void;
}

export function makeWorkspace(files: Readonly<Record<string, string>>): Workspace {
  const home = mkdtempSync(join(tmpdir(), 'mixlab it is '));
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(home, 'node_modules'));
  const workspace: Workspace = {
    home,
    mixlab: (...args) => workspace.mixlabIn('.', ...args),
    mixlabIn: (folder, ...args) => mixlab(join(home, folder), args),
    write(path, text) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    },
    read: (path) => readFileSync(join(home, path), 'utf8'),
    files: (folder = 'generated') => listFiles(join(home, folder)),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
  for (const [path, text] of Object.entries(files)) workspace.write(path, text);
  return workspace;
}

/** Runs the real bin; a workspace's own path is shown as `HOME`, so that outputs compare. */
async function mixlab(cwd: string, args: readonly string[]): Promise<Outcome> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [bin, ...args], { cwd, reject: false });
  return { exitCode, stdout, stderr };
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(folder.length + 1)).sort();
}
