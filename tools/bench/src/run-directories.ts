import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFile, PlanRun } from '@mixlab/contracts';

const EPOCHS = 30;
const STATES = ['completed', 'completed', 'completed', 'failed', 'interrupted', 'running'] as const;

/**
 * Makes a workspace in `home` with one plan, `many`, of `count` runs, each with a run directory of one trial: what
 * `mixlab status`, started in `home`, is timed over.
 */
export function makeRunDirectories(home: string, count: number): void {
  const runs = Array.from({ length: count }, (_, index): PlanRun => {
    const hash = createHash('sha256').update(String(index)).digest('hex');
    const name = `resnet18-mixup-ep${EPOCHS}-a${index}-${hash.slice(0, 8)}`;
    writeRunDirectory(join(home, 'work_dirs/many', name, 'trial1'), hash, index);
    return {
      name,
      hash,
      axes: { mixMode: 'mixup', backbone: 'resnet18', maxEpochs: EPOCHS },
      method: { alpha: index },
      config: `configs/resnet18/mixup/${name}.json`,
      trials: 1,
      report: { reducer: 'last', metric: 'top1' },
      selected: true,
    };
  });
  const plan: PlanFile = {
    schemaVersion: 2,
    experiment: 'many',
    engine: 'mixlab',
    runConfig: { schema: 'mixlab', version: 2 },
    source: { file: 'configs/many.config.ts', sha256: '0'.repeat(64) },
    launch: { gpusPerRun: 1 },
    runs,
  };
  mkdirSync(join(home, 'configs'), { recursive: true });
  mkdirSync(join(home, 'generated/many'), { recursive: true });
  writeFileSync(join(home, 'generated/many/plan.json'), JSON.stringify(plan));
}

function writeRunDirectory(directory: string, hash: string, index: number): void {
  const state = STATES[index % STATES.length]!;
  const epoch = state === 'completed' ? EPOCHS : 1 + (index % (EPOCHS - 1));
  const status = {
    schemaVersion: 1,
    state,
    hash,
    attempt: 1,
    epoch,
    maxEpochs: EPOCHS,
    heartbeat: 42,
    host: 'node7',
    machineId: 'f00df00df00df00df00df00df00df00d',
    bootId: '8d1f0b8e-0000-4000-8000-000000000000',
    pidNamespace: 'pid:[4026531836]',
    pid: 4711,
    pidStart: 815,
    schedulerJob: null,
    exitCode: state === 'completed' ? 0 : state === 'failed' ? 1 : null,
    error: state === 'failed' ? 'the loss is nan at epoch 3, step 14' : null,
  };
  const lines = Array.from({ length: epoch }, (_, past) => epochLines(past + 1)).flat();
  mkdirSync(join(directory, 'checkpoints'), { recursive: true });
  mkdirSync(join(directory, 'attempts'));
  writeFileSync(join(directory, 'config.json'), '{}\n');
  writeFileSync(join(directory, 'attempts/1.log'), '');
  writeFileSync(join(directory, 'status.json'), `${JSON.stringify(status, null, 2)}\n`);
  writeFileSync(join(directory, 'log.jsonl'), lines.join(''));
}

function epochLines(epoch: number): string[] {
  const place = `"epoch": ${epoch}, "step": ${epoch * 100}, "attempt": 1`;
  const train = `{"mode": "train", ${place}, "loss": 1.234567, "lr": 0.1, "imagesPerSecond": 1234.5}\n`;
  return [train, train, `{"mode": "val", ${place}, "top1": ${epoch}.25, "top5": 99.5, "loss": 0.51}\n`];
}
