import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { AUTHORED, Lab } from '@mixlab/engines/testing';
import { runCommand } from '@mixlab/launcher';
import { execa } from 'execa';

const bin = resolve(import.meta.dirname, '../../cli/bin/mixlab.mjs');
const terminal = resolve(import.meta.dirname, 'fixtures/terminal.py');
const MOST_MILLISECONDS = 30_000;

/** Trainings that take a minute, and write a checkpoint when they are told to stop. */
export const PATIENT = `
  trap 'status interrupted 1; exit 75' TERM
  status running 1
  for ((i = 0; i < 600; i++)); do sleep 0.1; done`;

/** A generated experiment with a trainer that does what a test says, and the real command in its workspace. */
export class RunLab extends Lab {
  constructor(...args: ConstructorParameters<typeof Lab>) {
    super(...args);
    mkdirSync(join(this.home, 'configs'), { recursive: true });
    this.author(AUTHORED);
  }

  author(text: string): void {
    writeFileSync(join(this.home, 'configs/some.config.ts'), text);
  }

  get #options() {
    const others = Object.entries(process.env).filter(([name]) => !/^(MIXLAB_|CUDA_|OMP_)/.test(name));
    return {
      cwd: this.home,
      env: { ...Object.fromEntries(others), MIXLAB_PYTHON: this.python, TERM: 'xterm' },
      extendEnv: false,
      reject: false,
      all: true,
    } as const;
  }

  /** `mixlab run …`; its output goes to a pipe. */
  mixlabRun(...args: string[]) {
    return this.mixlab('run', ...args);
  }

  /** Any other command; its output goes to a pipe. */
  mixlab(...args: string[]) {
    return execa(process.execPath, [bin, ...args], this.#options);
  }

  /** The command in this process, for what it says before it starts a script. */
  async before(typed: Record<string, unknown>) {
    let [stdout, stderr] = ['', ''];
    const exitCode = await runCommand.run(runCommand.options.parse(typed), {
      ...{ home: this.home, cwd: this.home, env: {}, isTty: false },
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
    });
    return { exitCode, stdout, stderr };
  }

  /** `mixlab run …` in a terminal: `type` is the keyboard. */
  inTerminal(...args: string[]) {
    const child = execa('python3', [terminal, process.execPath, bin, 'run', ...args], this.#options);
    let shown = '';
    let pid = '';
    child.stderr.on('data', (data: Buffer) => (pid += String(data)));
    child.stdout.on('data', (data: Buffer) => (shown += String(data)));
    return {
      ended: child,
      /** All that was ever shown, one thing over the other. */
      shown: () => stripVTControlCharacters(shown),
      type: (text: string) => void child.stdin.write(text),
      kill: () => void process.kill(Number(pid), 'SIGKILL'),
    };
  }

  /** The newest file of what a script printed. */
  launchLog(): string {
    const folder = join(this.home, 'work_dirs', this.experiment, '.launch');
    const logs = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : [];
    return logs.length === 0 ? '' : readFileSync(join(folder, logs.sort().at(-1)!), 'utf8');
  }

  /** Lets trainings go on that wait for the file `$FAKE/go`. */
  go(): void {
    writeFileSync(join(this.fake, 'go'), '');
  }

  /** How many first trials of the runs are in this state, as their trainings say. */
  count(state: string): number {
    return ['a', 'b', 'c', 'd'].filter((name) => {
      const file = join(this.directory(name), 'status.json');
      return existsSync(file) && readFileSync(file, 'utf8').includes(`"${state}"`);
    }).length;
  }

  /** Beginnings of trainings. */
  starts(): string[] {
    return this.timeline().filter((event) => event.startsWith('start'));
  }

  ends(): string[] {
    return this.timeline().filter((event) => event.startsWith('end'));
  }
}

/** Waits for what must happen. */
export async function until(happened: () => boolean): Promise<void> {
  for (let waited = 0; !happened(); waited += 20) {
    if (waited > MOST_MILLISECONDS) throw new Error(`it did not happen: ${String(happened)}`);
    await setTimeout(20);
  }
}
