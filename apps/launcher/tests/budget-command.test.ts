import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { budgetCommand, resumeCommand, submitCommand } from '@mixlab/launcher';
import { describe, expect, it } from 'vitest';
import { hashOf, planRun, TrialsLab } from './trials-lab.ts';

interface Work {
  readonly backbone?: string;
  readonly method?: string;
  readonly batchSize?: number;
  readonly maxEpochs?: number;
  readonly evaluateEvery?: number;
  readonly trainSize?: number;
}

const GPU = 'NVIDIA H200';

/** A plan whose runs are `works`, with two trials each. */
class Lab extends TrialsLab {
  readonly works: Readonly<Record<string, Work>>;

  constructor(works: Readonly<Record<string, Work>>, gpusPerRun = 1) {
    const runs = Object.entries(works).map(([name, { method = 'mixup', maxEpochs = 10 }]) =>
      planRun(name, {
        axes: { mixMode: method, maxEpochs },
        method: {},
        config: `configs/${name}.json`,
      }),
    );
    super(runs, gpusPerRun);
    this.works = works;
    for (const [name, work] of Object.entries(works))
      this.write(`generated/digits/configs/${name}.json`, JSON.stringify(configOf(work)));
  }

  /** A trial's status and the lines of its log. Returns the log. */
  trial(run: string, trial: number, state: string, epoch: number, lines: readonly object[]): string {
    this.status(run, trial, { state, epoch, maxEpochs: this.works[run]?.maxEpochs ?? 10 });
    return this.curve(run, trial, lines);
  }

  budget(typed: Record<string, unknown> = {}) {
    return this.run(budgetCommand, typed);
  }

  async json(typed: Record<string, unknown> = {}) {
    return JSON.parse((await this.budget({ ...typed, json: true })).stdout);
  }
}

function configOf(work: Work): object {
  const { backbone = 'resnet50', method = 'mixup', batchSize = 100, maxEpochs = 10 } = work;
  return {
    schemaVersion: 1,
    dataset: { name: 'imagenet', classes: 1000, size: 224 },
    backbone,
    mixMode: { name: method, alpha: 1 },
    maxEpochs,
    batchSize,
    inputs: { trainSize: work.trainSize ?? null },
    optimizer: { name: 'sgd', lr: 0.1 },
    ema: { decay: 0 },
    precision: 'fp32',
    runtime: { evaluateEvery: work.evaluateEvery ?? 1, logEvery: 50 },
    seed: 0,
  };
}

/** 100 steps an epoch of `seconds` each, but for the first interval, and evaluations of `evaluation` seconds. */
function log(epochs: number, seconds: number, evaluation: number, changes: object = {}): object[] {
  const env = { mode: 'env', attempt: 1, device: GPU, ranks: 1, stepsPerEpoch: 100, ...changes };
  const lines = Array.from({ length: epochs }, (_, index) => {
    const place = { attempt: 1, epoch: index + 1 };
    return [
      { mode: 'train', ...place, step: 50, loss: 1, time: index === 0 ? 60 * seconds : seconds },
      { mode: 'train', ...place, step: 100, loss: 1, time: seconds },
      { mode: 'val', ...place, step: 100, top1: 50, time: evaluation },
    ];
  });
  return [env, ...lines.flat()];
}

describe('mixlab budget', () => {
  it('reckons what is left from the steps and evaluations that were logged', async () => {
    const lab = new Lab({ a: {}, b: {} });
    lab.trial('a', 1, 'completed', 10, log(10, 0.36, 36));
    lab.trial('a', 2, 'interrupted', 4, [
      ...log(4, 0.36, 36),
      { mode: 'train', attempt: 1, epoch: 5, step: 25, loss: 1, time: 0.36 },
    ]);
    lab.trial('b', 1, 'running', 1, log(1, 0.36, 36));
    const { budgets, gpuHours, wallHours } = await lab.json({ slots: 2 });
    const perEpoch = (100 * 0.36 + 36) / 3600;
    const hours = [(575 * 0.36 + 6 * 36) / 3600, 10 * perEpoch];
    expect(budgets[0]).toMatchObject({ trials: 2, device: GPU, gpusPerRun: 1, unknown: [], assumptions: [] });
    budgets[0].hours.forEach((value: number, index: number) => expect(value).toBeCloseTo(hours[index]!, 9));
    expect(gpuHours).toBeCloseTo(hours[0]! + hours[1]!, 9);
    expect(wallHours).toBeCloseTo(hours[1]!, 9);
    expect(await lab.json()).toMatchObject({ wallHours: expect.closeTo(gpuHours, 9) });
  });

  it('counts a killed training from its last checkpoint, and only evaluations that are due', async () => {
    const lab = new Lab({ a: { evaluateEvery: 4 } });
    lab.trial('a', 1, 'failed', 4, log(6, 1, 100));
    lab.trial('a', 2, 'cancelled', 4, log(4, 1, 100));
    const { budgets } = await lab.json();
    expect(budgets[0].hours).toEqual([expect.closeTo((600 + 2 * 100) / 3600, 9)]);
    expect((await lab.json({ resumeCancelled: true })).budgets[0].hours).toHaveLength(2);
  });

  it('takes the most similar work where one was not measured, and says so', async () => {
    const lab = new Lab({
      a: { method: 'mixup' },
      b: { method: 'cutmix', batchSize: 200 },
      c: { backbone: 'resnet18' },
      d: { trainSize: 160 },
    });
    lab.trial('a', 1, 'completed', 10, log(10, 0.5, 10));
    lab.trial('a', 2, 'completed', 10, log(10, 0.5, 10));
    const { stdout, exitCode } = await lab.budget();
    expect(exitCode).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "digits: 6 trials left, on 1 × NVIDIA H200 each
        resnet50 with cutmix     2  20 min
        resnet18 with mixup      2  not known; \`npx mixlab probe\` measures it
        resnet50 with mixup      2  not known; \`npx mixlab probe\` measures it
      assumed:
        resnet50 with cutmix was not measured so: resnet50 with mixup with another batchSize is taken, by the images of a step
      0.333 GPU-hours, and what is not known
      20 min with one trial at a time
      "
    `);
  });

  it('shares the time of a step by the GPUs of a trial', async () => {
    const lab = new Lab({ a: {} }, 4);
    lab.trial('a', 1, 'completed', 10, log(10, 0.36, 36));
    const { budgets, gpuHours } = await lab.json();
    const hours = (1000 * 0.36 + 360) / 3600;
    expect(gpuHours).toBeCloseTo(hours, 9);
    expect(budgets[0].hours).toEqual([expect.closeTo(hours / 4, 9)]);
    expect(budgets[0].assumptions).toEqual([
      'resnet50 with mixup was measured on 1 GPU: on 4 GPUs it goes 4 times as fast',
    ]);
  });

  it('counts the rungs of a halving: the one under way, and of those to come the share that goes on', async () => {
    const lab = new Lab({ a: {}, b: {}, c: {}, d: {} });
    const halving = { metric: 'top1', goal: 'max', eta: 2, rungs: [2, 4, 10] };
    const file = 'generated/digits/plan.json';
    lab.write(file, JSON.stringify({ ...JSON.parse(lab.read(file)), halving }));
    const perEpoch = (100 * 0.36 + 36) / 3600;
    lab.trial('a', 1, 'paused', 2, log(2, 0.36, 36));
    // Of 8 trials 7 are to train 2 epochs, then 4 trials 2 more, then 2 trials 6 more.
    const first = await lab.json();
    expect(first.gpuHours).toBeCloseTo((7 * 2 + 4 * 2 + 2 * 6) * perEpoch, 9);
    expect(first.budgets[0]).toMatchObject({ trials: 8 });

    for (const run of ['a', 'b', 'c', 'd'])
      for (const trial of [1, 2]) lab.trial(run, trial, 'paused', 2, log(2, 0.36, 36));
    const runs = ['a', 'b', 'c', 'd'].map((name) => {
      return { name, hash: hashOf(name), goesOn: name === 'a' || name === 'b' };
    });
    const decision = { schemaVersion: 1, rung: 1, epoch: 2, runs };
    lab.write('work_dirs/digits/.halving/rung-1.json', JSON.stringify(decision));
    lab.trial('a', 1, 'paused', 4, log(4, 0.36, 36));
    const second = await lab.json();
    expect(second.gpuHours).toBeCloseTo((3 * 2 + 2 * 6) * perEpoch, 9);
    expect(second.budgets[0]).toMatchObject({
      trials: 4,
      assumptions: [
        'runs that halving trains: 2 to epoch 4, 1 to epoch 10; which ones is not known, so each counts with its share',
      ],
    });
  });

  it('passes over lines that are torn, and values that are no times', async () => {
    const lab = new Lab({ a: {} });
    const file = lab.trial('a', 1, 'completed', 10, log(10, 0.36, 36));
    appendFileSync(file, '{"mode": "train", "attempt": 1, "epo\nrubbish\n{"mode": "train"}\n');
    appendFileSync(
      file,
      '{"mode": "train", "attempt": 1, "epoch": 10, "step": 100, "time": NaN}\n{"mode": "val", "a',
    );
    expect((await lab.json()).budgets[0].hours).toEqual([expect.closeTo((1000 * 0.36 + 360) / 3600, 9)]);
    writeFileSync(file, 'rubbish\n');
    expect((await lab.json()).budgets[0]).toMatchObject({ hours: [], unknown: ['resnet50 with mixup'] });
  });

  it('refuses what is above --max-gpu-hours, or not known, or not there', async () => {
    const lab = new Lab({ a: {} });
    lab.trial('a', 1, 'completed', 10, log(10, 0.36, 36));
    expect((await lab.budget({ maxGpuHours: 0.21 })).exitCode).toBe(0);
    const above = await lab.mixlab('budget', '--experiment=digits', '--max-gpu-hours=0.19');
    expect([above.exitCode, above.stderr]).toEqual([
      1,
      'mixlab budget: what is left takes 0.2 GPU-hours, more than --max-gpu-hours 0.19',
    ]);
    rmSync(join(lab.home, 'generated/digits/configs/a.json'));
    const missing = await lab.budget({ maxGpuHours: 9 });
    expect(missing.exitCode).toBe(1);
    expect(missing.stderr).toContain('a.json is missing; `npx mixlab configs --experiment=digits` writes it');
    rmSync(join(lab.home, 'work_dirs'), { recursive: true });
    lab.write('generated/digits/configs/a.json', JSON.stringify(configOf({})));
    const unknown = await lab.budget({ maxGpuHours: 9 });
    expect(unknown.exitCode).toBe(1);
    expect(unknown.stderr).toContain('how long resnet50 with mixup takes is not known');
    expect(existsSync(join(lab.home, 'work_dirs'))).toBe(false);
  });
});

describe('--max-gpu-hours of commands that launch', () => {
  /** Two trials of 0.2 hours each, one of them interrupted; scripts that tell what they were asked to start. */
  function launchLab(): Lab {
    const lab = new Lab({ a: {}, b: {} });
    lab.trial('a', 1, 'completed', 10, log(10, 0.36, 36));
    lab.trial('a', 2, 'completed', 10, log(10, 0.36, 36));
    lab.trial('b', 1, 'interrupted', 0, []);
    for (const name of ['local.sh', 'slurm.sh'])
      lab.write(
        `generated/digits/launch/${name}`,
        `{ echo "${name} $*"; [[ "$*" != *--list* ]] || cat; } >"$(dirname "$0")/started"\n`,
      );
    lab.env = { PATH: process.env['PATH'] ?? '' };
    return lab;
  }

  const commands = { submit: submitCommand as unknown as typeof resumeCommand, resume: resumeCommand };
  const slurm = { launcher: 'slurm' };
  it.each<[name: keyof typeof commands, typed: object, hours: number, started: RegExp]>([
    ['submit', {}, 0.4, /^slurm.sh --work-dir=\S+\n$/],
    ['submit', { missing: true }, 0.2, /^slurm.sh .*--list=-\nb 2\n$/],
    ['resume', {}, 0.2, /^local.sh .*--list=-\nb 1\n$/],
    ['resume', slurm, 0.2, /^slurm.sh .*--list=-\nb 1\n$/],
    ['resume', { ...slurm, missing: true, failed: true }, 0.2, /^slurm.sh .*--list=-\nb 2\n$/],
  ])('mixlab %s %j: refuses before anything is started, or starts', async (name, typed, hours, started) => {
    const lab = launchLab();
    const run = (maxGpuHours: number) => lab.run(commands[name], { ...typed, maxGpuHours });
    const { exitCode, stderr } = await run(hours - 0.01);
    expect([exitCode, stderr]).toEqual([
      1,
      `mixlab ${name}: what is left takes ${hours} GPU-hours, more than --max-gpu-hours ${hours - 0.01}\n`,
    ]);
    const file = join(lab.home, 'generated/digits/launch/started');
    expect(existsSync(file)).toBe(false);
    expect((await run(hours + 0.01)).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8').replaceAll(lab.home, '')).toMatch(started);
  });

  it('is typed as it is for mixlab budget', async () => {
    const lab = launchLab();
    const above = await lab.mixlab('resume', '--launcher=slurm', '--max-gpu-hours=0.19');
    expect([above.exitCode, above.stderr]).toEqual([
      1,
      'mixlab resume: what is left takes 0.2 GPU-hours, more than --max-gpu-hours 0.19',
    ]);
    const none = await lab.mixlab('submit', '--max-gpu-hours=0');
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('--max-gpu-hours')]);
  });
});
