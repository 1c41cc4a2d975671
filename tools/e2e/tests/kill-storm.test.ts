import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab } from '../src/lab.ts';
import { processesWith, until } from '../src/processes.ts';
import { Script, Storm } from '../src/storm.ts';

const root = resolve(import.meta.dirname, '../../..');
const seed = Number(process.env['MIXLAB_STORM_SEED'] ?? Math.floor(Math.random() * 1e6));

const experiment = (gpusPerRun: number) => `
import { defineExperiment, medianOfLast, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'storm',
  recipe: recipes.quickstart,
  backbone: 'resnet8',
  maxEpochs: 16,
  mixMode: vary(mix.vanilla(), mix.mixup({ alpha: vary(0.2, 0.5, 0.8, 1) }), mix.resizemix(), mix.cutmix()),
  trials: 2,
  report: medianOfLast(2),
  launch: { gpusPerRun: ${gpusPerRun} },
});
`;

/** Real scripts and supervisors; a light trainer stands for PyTorch's, but for configs that match the pattern `real`. */
function makeLab(gpusPerRun: number, real: string, env: Readonly<Record<string, string>> = {}): Lab {
  return new Lab(
    { 'storm.config.ts': experiment(gpusPerRun) },
    {
      MIXLAB_PYTHON: join(root, 'tools/e2e/fixtures/light/python'),
      LIGHT_PYTHON: join(root, '.venv/bin/python'),
      LIGHT_REAL: real,
      MIXLAB_HEARTBEAT: '0.5',
      ...env,
    },
  );
}

const script = 'generated/storm/launch/local.sh';
const patient = ['-j', '2', '--keep-going', '--retries', '1000', '--retry-delay', '0', '--wait', '--quiet'];

const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');
const state = (directory: string): string =>
  existsSync(join(directory, 'status.json')) ? JSON.parse(read(directory, 'status.json')).state : 'planned';

/** What must never change again, once a trial is completed. */
class Completed {
  readonly #files = new Map<string, string>();

  look(trials: readonly string[]): void {
    for (const trial of trials) {
      if (state(trial) !== 'completed') continue;
      const now = read(trial, 'status.json') + read(trial, 'log.jsonl');
      expect(now, `${trial} was completed before`).toBe(this.#files.get(trial) ?? now);
      this.#files.set(trial, now);
    }
  }

  get count(): number {
    return this.#files.size;
  }
}

/** Nobody trained beside another: no line of an attempt comes after one of a later attempt. */
function expectOneAtATime(trial: string): void {
  const lines = read(trial, 'log.jsonl').trim().split('\n');
  const attempts = lines.map((line) => JSON.parse(line).attempt as number);
  expect(attempts, trial).toEqual([...attempts].sort((a, b) => a - b));
}

async function table(lab: Lab, workDir: string): Promise<string> {
  const { exitCode, all, stdout } = await lab.mixlab('table', '--format=md', `--work-dir=${workDir}`);
  expect(exitCode, all).toBe(0);
  return stdout;
}

describe.skipIf(process.platform !== 'linux')('a storm of kill -9 (processes are looked up in /proc)', () => {
  /**
   * 50 kills: 6 while PyTorch's trainer trains two trials, seconds apart, for it takes 5 s to its first checkpoint; then 44
   * while the light trainer does the other twelve, under real supervisors.
   */
  it(`at 50 moments of seed ${seed}: the table is that of a quiet night, and nothing was trained twice`, async () => {
    const lab = makeLab(0, '*/cutmix/*');
    expect((await lab.mixlab('configs')).exitCode).toBe(0);
    const completed = new Completed();
    const look = () => completed.look(lab.trials('storm'));

    const heavy = new Script(lab, script, '--only', '*cutmix*', ...patient);
    const few = new Storm(lab, [heavy], seed);
    await few.rage(6, 0, 6000, look);
    const whole = new Script(lab, script, ...patient);
    const many = new Storm(lab, [whole], seed + 1);
    await many.rage(44, 0, 900, look);
    expect(await whole.finish(), lab.read('scripts.log')).toBe(0);
    if (heavy.isRunning) expect(await heavy.finish(), lab.read('scripts.log')).toBe(0);
    console.log(`seed ${seed}: killed`, few.killed, many.killed);

    look();
    expect(completed.count).toBe(14);
    for (const trial of lab.trials('storm')) expectOneAtATime(trial);
    await until(() => processesWith(lab.home).length === 0, 'processes that end');
    // Nothing blocks, and nothing is left to do.
    const again = await lab.bash(script);
    expect(again.exitCode, again.all).toBe(0);
    expect(again.all).toContain('0 completed, 14 skipped, 0 failed');
    look();

    const quiet = await lab.bash(script, '--work-dir', 'quiet', '-j', '2', '--quiet');
    expect(quiet.exitCode, quiet.all).toBe(0);
    expect(await table(lab, 'work_dirs')).toBe(await table(lab, 'quiet'));
  });
});
