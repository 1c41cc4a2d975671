import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command, PlanFile, PlanRun } from '@mixlab/contracts';
import { compareCommand, plotCommand, recordCommand, tableCommand } from '@mixlab/reporter';
import { onTestFinished } from 'vitest';

/** A workspace with a plan and run directories in a folder that goes with its test. */
export interface Workspace {
  readonly home: string;
  write(path: string, text: string): void;
  /** Runs `mixlab table` as typed, `{ atEpoch: '4' }`; returns its exit code and what it printed. */
  readonly table: Run;
  readonly compare: Run;
  readonly plot: Run;
  readonly record: Run;
}

type Run = (
  typed?: Record<string, unknown>,
  io?: { isTty?: boolean; cwd?: string; env?: Record<string, string> },
) => Promise<Printed>;

export interface Printed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function workspace(): Workspace {
  const home = mkdtempSync(join(tmpdir(), 'mixlab table '));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return {
    home,
    write: (path, text) => {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    },
    table: runner(tableCommand, home),
    compare: runner(compareCommand, home),
    plot: runner(plotCommand, home),
    record: runner(recordCommand, home),
  };
}

function runner(command: Command, home: string): Run {
  return async (typed = {}, { isTty = false, cwd = home, env = {} } = {}) => {
    let stdout = '';
    let stderr = '';
    const exitCode = await command.run(command.options.parse(typed), {
      home,
      cwd,
      env,
      isTty,
      stdout: (text) => (stdout += text),
      stderr: (text) => (stderr += text),
    });
    return { exitCode, stdout, stderr };
  };
}

export const hashes = { vanilla: '1a'.repeat(32), mixup: '2b'.repeat(32) };
export const names = { vanilla: 'r18-vanilla-ep4-1a1a1a1a', mixup: 'r18-mixup-ep4-a1-2b2b2b2b' };

function planRun(method: 'vanilla' | 'mixup'): PlanRun {
  return {
    name: names[method],
    hash: hashes[method],
    axes: { mixMode: method, backbone: 'resnet18', maxEpochs: 4 },
    method: method === 'mixup' ? { alpha: 1 } : {},
    config: `configs/resnet18/${method}/${names[method]}.json`,
    trials: 2,
    report: { reducer: 'last', metric: 'top1' },
    selected: true,
  };
}

export function planText(experiment: string): string {
  const plan: PlanFile = {
    schemaVersion: 2,
    runConfig: { schema: 'mixlab', version: 2 },
    experiment,
    engine: 'mixlab',
    source: { file: `configs/${experiment}.config.ts`, sha256: '0'.repeat(64) },
    launch: { gpusPerRun: 0 },
    runs: [planRun('vanilla'), planRun('mixup')],
  };
  return `${JSON.stringify(plan, null, 2)}\n`;
}

/** The text of a `status.json`. */
export function statusText(
  hash: string,
  state: 'completed' | 'interrupted',
  epoch: number,
  maxEpochs: number,
): string {
  return JSON.stringify({
    schemaVersion: 1,
    state,
    hash,
    attempt: 1,
    epoch,
    maxEpochs,
    heartbeat: 1,
    host: 'node7',
    pid: 4711,
    pidStart: 1,
    bootId: '0',
    schedulerJob: null,
    exitCode: null,
    error: null,
  });
}

/** A trial that is at `top1.length` of 4 epochs, below `<workDir>/<experiment>`. */
export function writeTrial(
  { write }: Workspace,
  folder: string,
  method: 'vanilla' | 'mixup',
  trial: number,
  top1: readonly number[],
  batchNormImages?: number,
): void {
  const state = top1.length === 4 ? 'completed' : 'interrupted';
  const log = [
    { mode: 'env', attempt: 1, batchNormImages },
    ...top1.map((value, i) => ({ mode: 'val', epoch: i + 1, step: 9, attempt: 1, top1: value })),
  ].map((line) => JSON.stringify(line));
  write(
    `${folder}/${names[method]}/trial${trial}/status.json`,
    statusText(hashes[method], state, top1.length, 4),
  );
  write(`${folder}/${names[method]}/trial${trial}/log.jsonl`, `${log.join('\n')}\n`);
}
