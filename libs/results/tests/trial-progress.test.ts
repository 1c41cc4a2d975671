import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TrialProgress } from '@mixlab/results';
import { expect, it } from 'vitest';
import { statusText, temporaryFolder } from './run-directories.ts';

function trial() {
  const directory = join(temporaryFolder(), 'trial1');
  mkdirSync(directory);
  return {
    progress: new TrialProgress(directory, 'top1'),
    log: (text: string) => appendFileSync(join(directory, 'log.jsonl'), text),
    finish: (epoch: number) =>
      writeFileSync(join(directory, 'status.json'), statusText('1a'.repeat(32), { state: 'running', epoch })),
  };
}

const nothing = {
  ...{ epoch: 0, maxEpochs: null, step: 0 },
  ...{ stepsPerEpoch: null, secondsPerStep: null, value: null },
};

it('follows a trial from before its directory says anything', () => {
  const { progress, log, finish } = trial();
  expect(progress.read()).toEqual(nothing);
  finish(0);
  log(
    '{"mode": "env", "attempt": 1, "stepsPerEpoch": 20}\n{"mode": "train", "attempt": 1, "epoch": 1, "step": 5, "ti',
  );
  expect(progress.read()).toEqual({ ...nothing, maxEpochs: 10, stepsPerEpoch: 20 });
  log('me": 0.5}\n');
  expect(progress.read()).toMatchObject({ epoch: 0, step: 5, secondsPerStep: 0.5, value: null });
  log('{"mode": "train", "attempt": 1, "epoch": 1, "step": 20, "time": 0.25}\n');
  log('{"mode": "val", "attempt": 1, "epoch": 1, "step": 20, "top1": 61.5}\n');
  finish(1);
  expect(progress.read()).toMatchObject({ epoch: 1, step: 0, secondsPerStep: 0.25, value: 61.5 });
  log('{"mode": "train", "attempt": 1, "epoch": 2, "step": 5, "time": 0.3}\nnot JSON\n');
  expect(progress.read()).toMatchObject({ epoch: 1, step: 5, secondsPerStep: 0.3, value: 61.5 });
});

it('takes steps for lost that an interrupted attempt has done, until the next one logs', () => {
  const { progress, log, finish } = trial();
  finish(1);
  log('{"mode": "train", "attempt": 1, "epoch": 2, "step": 15, "time": 0.3}\n');
  log('{"mode": "env", "attempt": 2, "stepsPerEpoch": 20}\n');
  expect(progress.read()).toMatchObject({ epoch: 1, step: 0, secondsPerStep: null });
});

it('knows from an evaluation how many steps an epoch has where an older log does not say', () => {
  const { progress, log } = trial();
  log('{"mode": "env", "attempt": 1}\n{"mode": "val", "attempt": 1, "epoch": 1, "step": 12, "top1": 3}\n');
  expect(progress.read().stepsPerEpoch).toBe(12);
});

it('reads the end alone of a long log', () => {
  const { progress, log } = trial();
  const line = '{"mode": "train", "attempt": 1, "epoch": 1, "step": 1, "time": 9}\n';
  log(`{"mode": "val", "attempt": 1, "epoch": 1, "step": 12, "top1": 3}\n${line.repeat(5000)}`);
  expect(progress.read()).toMatchObject({ value: null, secondsPerStep: 9 });
});
