import { readStatus } from '@mixlab/results';
import { expect, it } from 'vitest';
import { hashOf, planOf, planRun, statusText, temporaryFolder, writeTrial } from './run-directories.ts';

const val = (epoch: number, top1: number | string) =>
  `{"mode": "val", "epoch": ${epoch}, "step": 9, "attempt": 1, "top1": ${top1}, "loss": 0.5}\n`;
const train = `{"mode": "train", "epoch": 1, "step": 9, "attempt": 1, "loss": 0.5, "lr": 0.1}\n`;

it.each<[what: string, log: string, value: number | null]>([
  ['none', '', null],
  ['none but of training', train.repeat(100), null],
  ['the newest', `${val(1, 50)}${train}${val(2, 60)}${train}`, 60],
  ['the newest whole one', `${val(1, 50)}${val(2, 60).slice(0, -20)}`, 50],
  ['the newest that is a number', `${val(1, 50)}${val(2, 'null')}`, 50],
  [
    'of an evaluation, not of what mentions one',
    `${val(1, 50)}{"mode": "note", "of": "val", "top1": 3}\n`,
    50,
  ],
  ['before many lines of training', `${val(1, 50)}${train.repeat(300)}`, 50],
  ['one too far back to be looked for', `${val(1, 50)}${train.repeat(2000)}`, null],
  ['without the end of the last line', `${val(1, 50)}${val(2, 60).trimEnd()}`, 60],
])('the value shown of a log is %s', (_, log, value) => {
  const folder = temporaryFolder();
  const run = planRun('resnet18-mixup-ep10-3f9c2b7e', hashOf('3f9c2b7e'), { trials: 1 });
  writeTrial(folder, run.name, 1, { status: statusText(run.hash), log });
  expect(readStatus(planOf([run]), folder).map((trial) => trial.value)).toEqual([value]);
});
