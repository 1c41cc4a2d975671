import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { Lab } from './lab.ts';
import { Script } from './storm.ts';

const root = resolve(import.meta.dirname, '../../..');

/** Of the storms' random numbers; MIXLAB_STORM_SEED repeats one. */
export const seed = Number(process.env['MIXLAB_STORM_SEED'] ?? Math.floor(Math.random() * 1e6));

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

/** Fourteen trials, real scripts and supervisors; a light trainer stands for PyTorch's, but for configs that match the pattern `real`. */
export async function stormLab(gpusPerRun: number, real = '', env: Readonly<Record<string, string>> = {}) {
  const lab = new Lab(
    { 'storm.config.ts': experiment(gpusPerRun) },
    {
      MIXLAB_PYTHON: join(root, 'tools/e2e/fixtures/light/python'),
      LIGHT_PYTHON: join(root, '.venv/bin/python'),
      LIGHT_REAL: real,
      MIXLAB_HEARTBEAT: '0.5',
      ...env,
    },
  );
  const { exitCode, all } = await lab.mixlab('configs');
  expect(exitCode, all).toBe(0);
  return lab;
}

/** The launch script of such a lab, started again when it ends. */
export function scriptOf(lab: Lab, ...options: string[]): Script {
  return new Script(lab, 'bash', join(lab.home, script), ...patient, ...options);
}

export const script = 'generated/storm/launch/local.sh';
const options = '-j 2 --keep-going --retries 1000 --retry-delay 0 --wait --quiet';
/** Options of a script that does not give up. */
export const patient = options.split(' ');

const read = (directory: string, file: string) => readFileSync(join(directory, file), 'utf8');
export const state = (directory: string): string =>
  existsSync(join(directory, 'status.json')) ? JSON.parse(read(directory, 'status.json')).state : 'planned';

/** What must never change again, once a trial is completed. */
export class Completed {
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

/**
 * Nobody trained beside another: no line of an attempt comes after one of a later attempt. A full disk may cut off a line,
 * which stays a line of its own.
 */
export function expectOneAtATime(trial: string): void {
  const lines = read(trial, 'log.jsonl').trim().split('\n');
  const attempts = lines.flatMap((line) => {
    const [, attempt] = /^\{.*"attempt": ?(\d+)/.exec(line) ?? [];
    return attempt === undefined ? [] : [Number(attempt)];
  });
  expect(attempts, trial).not.toEqual([]);
  expect(attempts, trial).toEqual([...attempts].sort((a, b) => a - b));
}
