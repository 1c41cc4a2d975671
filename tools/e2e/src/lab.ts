import { mkdtempSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa, type Options } from 'execa';
import { UserFolder } from './user-folder.ts';

const root = resolve(import.meta.dirname, '../../..');

/** A researcher's folder with a name that needs quoting, its configs, and the workspace's packages and Python. */
export class Lab extends UserFolder {
  constructor(configs: Readonly<Record<string, string>>) {
    super(join(mkdtempSync(join(tmpdir(), 'mixlab-')), "a lab's $(folder)"));
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

  private options() {
    return { cwd: this.home, reject: false, all: true, env: { OMP_NUM_THREADS: '1' } } satisfies Options;
  }
}
