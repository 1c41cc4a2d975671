import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, type Options } from 'execa';
import { globSync } from 'tinyglobby';
import { UserFolder } from './user-folder.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A researcher's folder with a name that needs quoting, its configs, and the workspace's packages and Python. */
export class Lab extends UserFolder {
  /** What its commands get beside the environment of the tests. */
  env: Readonly<Record<string, string>>;

  constructor(configs: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
    super(join(mkdtempSync(join(tmpdir(), 'mixlab-')), "a lab's $(folder)"));
    this.env = { OMP_NUM_THREADS: '1', ...env };
    symlinkSync(join(root, 'node_modules'), join(this.home, 'node_modules'));
    symlinkSync(join(root, '.venv'), join(this.home, '.venv'));
    this.write('package.json', '{ "name": "lab", "private": true, "type": "module" }\n');
    for (const [path, text] of Object.entries(configs)) this.write(`configs/${path}`, text);
  }

  /** `mixlab …` in the lab's folder. */
  mixlab(...args: string[]) {
    return execa(process.execPath, [join(root, 'apps/cli/bin/mixlab.mjs'), ...args], this.options());
  }

  /** `bash <script> …`, started and not waited for. */
  bash(script: string, ...args: string[]) {
    return execa('bash', [join(this.home, script), ...args], this.options());
  }

  /** Starts a program with its output in a file: it has ended when it has, whatever its children do. */
  startInto(file: string, program: string, ...args: string[]) {
    const { cwd, env } = this.options();
    const options = { cwd, env, reject: false, stdio: 'ignore' } as const;
    return execa('bash', ['-c', 'exec "${@:2}" >>"$1" 2>&1', '-', file, program, ...args], options);
  }

  /** The run directories of an experiment, under `workDir`. */
  trialFolders(experiment: string, workDir = 'work_dirs'): string[] {
    const work = join(this.home, workDir, experiment);
    return globSync('*/trial*', { cwd: work, onlyDirectories: true, expandDirectories: false })
      .map((trial) => join(work, trial))
      .sort();
  }

  private options() {
    return { cwd: this.home, reject: false, all: true, env: this.env } satisfies Options;
  }
}
