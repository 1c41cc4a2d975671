import { cpSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packAll, type Packed } from '@mixlab/pack';
import { execa, type Options } from 'execa';
import { UserFolder } from './user-folder.ts';

const root = resolve(import.meta.dirname, '../../..');
const workspacePython = join(root, '.venv/bin/python');

/** A user's empty folder, with a space in its name, that gets what `npm run pack` makes and nothing of the workspace. */
export class Installation extends UserFolder {
  static async make(): Promise<Installation> {
    const folder = mkdtempSync(join(tmpdir(), 'mixlab-'));
    const packed = await packAll(root, workspacePython, join(folder, 'dist'));
    const user = new Installation(join(folder, 'my experiments'));
    user.write('package.json', '{ "name": "experiments", "private": true }\n');
    await Promise.all([user.installNode(packed), user.installPython(packed)]);
    return user;
  }

  /** Runs a program in the folder. */
  run(file: string, ...args: string[]) {
    return execa(file, args, { ...this.options(), reject: false, all: true });
  }

  /** Installs the Python package in a folder of `fixtures`, from a copy. */
  async installPackage(name: string): Promise<void> {
    cpSync(join(import.meta.dirname, '../fixtures', name), join(this.home, name), { recursive: true });
    await this.pip('--no-build-isolation', `./${name}`);
  }

  private async installNode({ tarballs }: Packed): Promise<void> {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const options = ['--no-audit', '--no-fund', '--prefer-offline'];
    const typescript = `typescript@${dependencies.typescript}`;
    await execa('npm', ['install', ...options, ...tarballs, typescript], this.options());
  }

  /** PyTorch and its like are the workspace's, which would take minutes to install; mixlab itself is the wheel's. */
  private async installPython({ wheel }: Packed): Promise<void> {
    const venv = join(this.home, '.venv');
    await execa(workspacePython, ['-m', 'venv', '--without-pip', venv], this.options());
    await this.pip(wheel);
    const { stdout } = await execa(workspacePython, ['-Pc', 'import sys; print(*sys.path, sep="\\n")']);
    const packages = stdout.split('\n').filter((path) => /(site|dist)-packages$/.test(path));
    // Python reads no .pth file in folders that come from one: the workspace's mixlab stays out.
    const [version = ''] = readdirSync(join(venv, 'lib'));
    this.write(`.venv/lib/${version}/site-packages/workspace.pth`, `${packages.join('\n')}\n`);
  }

  private async pip(...args: string[]): Promise<void> {
    const install = ['install', '--no-deps', '--disable-pip-version-check', ...args];
    await execa(
      workspacePython,
      ['-m', 'pip', '--python', join(this.home, '.venv'), ...install],
      this.options(),
    );
  }

  private options() {
    // What npm, Nx and the tests around put there is nobody's environment.
    const foreign = /^(npm_|NX_|VITEST|MIXLAB_|VIRTUAL_ENV|PYTHON|NODE_|FORCE_COLOR)/;
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
    return { cwd: this.home, env, extendEnv: false } satisfies Options;
  }
}
