import { cpSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { execa } from 'execa';

export const root = resolve(__dirname, '../../..');

const copied = [
  '.prettierrc.json',
  'apps',
  'configs',
  'docs',
  'libs',
  'package.json',
  'tools',
  'tsconfig.base.json',
];
const leftOut = new Set(['node_modules', '__pycache__', 'bench', 'e2e']);

/** A copy of the workspace's sources over its installed packages, in which generators may write. */
export class WorkspaceCopy {
  readonly root = join(mkdtempSync(join(tmpdir(), 'nx-')), 'a copy');
  /** Puts its library before the installed one, which is the workspace's. */
  readonly env = { PYTHONPATH: join(this.root, 'libs/training/src') };

  constructor() {
    for (const name of copied) {
      const filter = (path: string) => !leftOut.has(basename(path));
      cpSync(join(root, name), join(this.root, name), { recursive: true, filter });
    }
    symlinkSync(join(root, '.venv'), join(this.root, '.venv'));
    this.#linkPackages('node_modules');
  }

  run(program: string, ...args: string[]) {
    return this.runIn(this.root, program, ...args);
  }

  runIn(cwd: string, program: string, ...args: string[]) {
    return execa(program, args, { cwd, env: this.env, reject: false, all: true });
  }

  remove(): void {
    rmSync(dirname(this.root), { recursive: true, force: true });
  }

  /** Links to all packages, those of the workspace as links to their copies. */
  #linkPackages(folder: string): void {
    mkdirSync(join(this.root, folder));
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const from = join(root, folder, entry.name);
      const to = join(this.root, folder, entry.name);
      if (entry.name === '@mixlab') this.#linkPackages(join(folder, entry.name));
      else symlinkSync(entry.isSymbolicLink() ? this.#ownOf(from) : from, to);
    }
  }

  /** Where a link of the workspace leads in the copy. */
  #ownOf(link: string): string {
    return join(this.root, relative(root, resolve(dirname(link), readlinkSync(link))));
  }
}
