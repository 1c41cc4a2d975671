import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa, type Options } from 'execa';

const root = resolve(import.meta.dirname, '../../..');

/** A researcher's folder with a name that needs quoting, its configs, and the workspace's packages and Python. */
export class Lab {
  readonly home = join(mkdtempSync(join(tmpdir(), 'mixlab-')), "a lab's $(folder)");

  constructor(configs: Readonly<Record<string, string>>) {
    mkdirSync(this.home);
    symlinkSync(join(root, 'node_modules'), join(this.home, 'node_modules'));
    symlinkSync(join(root, '.venv'), join(this.home, '.venv'));
    writeFileSync(join(this.home, 'package.json'), '{ "name": "lab", "private": true, "type": "module" }\n');
    for (const [path, text] of Object.entries(configs)) this.write(`configs/${path}`, text);
  }

  write(path: string, text: string): void {
    const file = join(this.home, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  read(path: string): string {
    return readFileSync(join(this.home, path), 'utf8');
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
