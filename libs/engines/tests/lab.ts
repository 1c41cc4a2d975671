import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { PLAN_SCHEMA_VERSION, type PlanFile } from '@mixlab/contracts';
import type { Halving, Launch } from '@mixlab/contracts';
import { mixlabEngine, readTemplates, renderFiles } from '@mixlab/engines';
import type { Engine, EnginePlan, EngineRun } from '@mixlab/engines';
import { onTestFinished } from 'vitest';

/** The bash that scripts are tested with; name an old one to see that they still run there. */
export const bash = process.env['MIXLAB_TEST_BASH'] ?? 'bash';

export const templates = readTemplates((file) => readFileSync(file, 'utf8'));

export interface RunOptions {
  readonly name: string;
  readonly trials?: number;
  readonly selected?: boolean;
  readonly configPath?: string;
  readonly seed?: number;
}

export function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** What stands in the authored file that every plan here is of. */
export const AUTHORED = '// The experiment.\n';

/** A plan of runs that have nothing but a name. */
export function planOf(
  experiment: string,
  runs: readonly (string | RunOptions)[],
  needs: number | Launch = 0,
  halving?: Halving,
): EnginePlan {
  const all = runs.map((run): EngineRun => {
    const {
      name,
      trials = 1,
      selected = true,
      configPath,
      seed,
    } = typeof run === 'string' ? { name: run } : run;
    const hash = hashOf(name);
    return {
      name,
      hash,
      trials,
      selected,
      configPath: configPath ?? `configs/${name}.json`,
      config: { schemaVersion: 1, hash, ...(seed !== undefined && { seed }) },
    };
  });
  const source = { file: 'configs/some.config.ts' };
  const launch = typeof needs === 'number' ? { gpusPerRun: needs } : needs;
  const file: PlanFile = {
    schemaVersion: PLAN_SCHEMA_VERSION,
    runConfig: { schema: 'mixlab', version: 2 },
    experiment,
    engine: mixlabEngine.name,
    source: { ...source, sha256: createHash('sha256').update(AUTHORED).digest('hex') },
    launch,
    ...(halving && { halving }),
    runs: all.map(({ name, hash, configPath, trials, selected }) => ({
      name,
      hash,
      axes: { maxEpochs: 4 },
      method: {},
      config: configPath,
      trials,
      report: { reducer: 'last', metric: 'top1' },
      selected,
    })),
  };
  return {
    experiment,
    source,
    launch,
    halving,
    runs: () => all,
    planFile: () => `${JSON.stringify(file)}\n`,
  };
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-engines-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function write(folder: string, plan: EnginePlan, engine: Engine = mixlabEngine): void {
  for (const { path, text, executable } of renderFiles(plan, engine, templates)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), typeof text === 'string' ? text : [...text].join(''));
    if (executable) chmodSync(join(folder, path), 0o755);
  }
}

export interface Finished {
  /** Exit code; the signal's name where one ended it. */
  readonly code: number | string;
  readonly output: string;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** A copy of the launch script. */
  readonly script?: string;
}

/** A generated experiment with a trainer that does what a test says. */
export class Lab {
  readonly home: string;
  readonly experiment: string;
  readonly fake: string;

  constructor(plan: EnginePlan, home = temporaryFolder()) {
    this.home = home;
    this.experiment = plan.experiment;
    this.fake = join(temporaryFolder(), 'fake');
    mkdirSync(join(this.fake, 'calls'), { recursive: true });
    copyFileSync(fileURLToPath(new URL('fixtures/fake-python', import.meta.url)), this.python);
    this.behave(':');
    this.hasGpus(0);
    write(this.folder, plan);
  }

  get python(): string {
    return join(this.fake, 'python');
  }

  get folder(): string {
    return join(this.home, 'generated', this.experiment);
  }

  get script(): string {
    return join(this.folder, 'launch/local.sh');
  }

  /** Bash that each training runs, with `$start`, `$directory`, `$trial` and `status STATE [EPOCH]`. */
  behave(code: string): void {
    writeFileSync(join(this.fake, 'behaviour'), `${code}\n`);
  }

  hasGpus(count: number): void {
    const lines = Array.from({ length: count }, (_, gpu) => `GPU-${gpu}\n`);
    writeFileSync(join(this.fake, 'gpus'), lines.join(''));
  }

  /** Where trial `trial` of a run trains. */
  directory(name: string, trial = 1): string {
    return join(this.home, 'work_dirs', this.experiment, name, `trial${trial}`);
  }

  /** Puts a run directory there, as an earlier training left it. */
  leave(directory: string, name: string, state: string, epoch = 0): void {
    mkdirSync(directory, { recursive: true });
    const status = {
      ...{ schemaVersion: 1, state, hash: hashOf(name) },
      ...{ attempt: 1, epoch, maxEpochs: 4, heartbeat: 1, exitCode: null, error: null },
      ...{ host: 'node7', bootId: '0', pid: 4711, pidStart: 1, schedulerJob: null },
    };
    writeFileSync(join(directory, 'status.json'), `${JSON.stringify(status, null, 2)}\n`);
  }

  start(args: readonly string[] = [], { cwd, env, script = this.script }: StartOptions = {}) {
    // A process group of its own, as a terminal would give it.
    const child = execa(bash, [script, ...args], {
      cwd: cwd ?? this.home,
      detached: true,
      env: { ...withoutMixlab(process.env), MIXLAB_PYTHON: this.python, ...env },
      extendEnv: false,
      stdio: ['ignore', 'pipe', 'pipe'],
      buffer: false,
      reject: false,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    const finished = once(child, 'close').then(([code, signal]): Finished => ({
      code: (code ?? signal) as number | string,
      output: withoutTimes(output),
    }));
    return { pid: child.pid as number, finished, output: () => output };
  }

  run(args: readonly string[] = [], options: StartOptions = {}): Promise<Finished> {
    return this.start(args, options).finished;
  }

  /** Arguments of each call of Python, in no order. */
  calls(): string[][] {
    const folder = join(this.fake, 'calls');
    return readdirSync(folder)
      .filter((name) => !name.includes('.'))
      .map((name) => readFileSync(join(folder, name), 'utf8').split('\0').slice(0, -1));
  }

  /** `CUDA_VISIBLE_DEVICES OMP_NUM_THREADS PYTHONSAFEPATH MIXLAB_HOME` of each call. */
  environments(): string[] {
    const folder = join(this.fake, 'calls');
    return readdirSync(folder)
      .filter((name) => name.endsWith('.environment'))
      .map((name) => readFileSync(join(folder, name), 'utf8').trim());
  }

  /** Begin and end of each training: `start 3f9c2b7e.1`. */
  timeline(): string[] {
    const file = join(this.fake, 'timeline');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** What the tests' own code noted in `$FAKE/trained`, line by line. */
  trained(): string[] {
    const file = join(this.fake, 'trained');
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  }

  /** The most trainings that ran at a time. */
  mostAtATime(): number {
    let now = 0;
    return Math.max(0, ...this.timeline().map((event) => (now += event.startsWith('start') ? 1 : -1)));
  }
}

function withoutMixlab(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(([name]) => !/^(MIXLAB_|CUDA_|OMP_)/.test(name));
  return Object.fromEntries(others);
}

/** Output with the clock and the durations taken out. */
function withoutTimes(output: string): string {
  return output.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME').replaceAll(/\b\d\d:\d\d\b/g, 'TOOK');
}
