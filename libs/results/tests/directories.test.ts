import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunDirectories } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { attemptLines, hashOf, statusText, temporaryFolder, writeTrial } from './run-directories.ts';

const hash = hashOf('3f9c2b7e');
const run = { name: 'resnet18-mixup-ep10-3f9c2b7e', hash };

function find(folder: string, of = run) {
  const { trials, warnings } = new RunDirectories(folder).find(of);
  return { trials: Object.fromEntries([...trials].map(([k, { path }]) => [k, path])), warnings };
}

describe('the run directories of an experiment', () => {
  it('may not exist yet', () => {
    expect(find(join(temporaryFolder(), 'nothing'))).toEqual({ trials: {}, warnings: [] });
  });

  it('are found by hash, whatever the name', () => {
    const folder = temporaryFolder();
    writeTrial(folder, run.name, 1, { status: statusText(hash) });
    writeTrial(folder, 'r18-mix-3f9c2b7e', 2, { status: statusText(hash) });
    writeTrial(folder, 'r18-mix-3f9c2b7e00-old', 3, { status: statusText(hash) });
    writeTrial(folder, 'resnet18-cutmix-ep10-11112222', 1, { status: statusText(hashOf('11112222')) });
    writeTrial(folder, 'the good one', 4, { status: statusText(hash) });
    writeTrial(folder, 'once-11112222', 5, { status: statusText(hash) });
    expect(find(folder)).toEqual({
      trials: {
        1: `${run.name}/trial1`,
        2: 'r18-mix-3f9c2b7e/trial2',
        3: 'r18-mix-3f9c2b7e00-old/trial3',
        4: 'the good one/trial4',
        5: 'once-11112222/trial5',
      },
      warnings: [],
    });
  });

  it('two runs that share eight digits are told apart', () => {
    const other = { name: 'resnet18-mixup-ep20-3f9c2b7eff', hash: hashOf('3f9c2b7eff') };
    const folder = temporaryFolder();
    writeTrial(folder, other.name, 1, { status: statusText(other.hash) });
    writeTrial(folder, 'resnet18-mixup-ep10-3f9c2b7e00', 1, { status: statusText(hash) });
    expect(find(folder).trials).toEqual({ 1: 'resnet18-mixup-ep10-3f9c2b7e00/trial1' });
    expect(find(folder, other).trials).toEqual({ 1: `${other.name}/trial1` });
  });

  it('another run under the right name is left out, and said so', () => {
    const folder = temporaryFolder();
    writeTrial(folder, run.name, 1, { status: statusText(hashOf('3f9c2b7e5')) });
    expect(find(folder)).toEqual({
      trials: {},
      warnings: [`${run.name}/trial1 belongs to another run, left out`],
    });
  });

  it('of two directories of one trial the completed one is used, and the other named', () => {
    const folder = temporaryFolder();
    writeTrial(folder, run.name, 1, { status: statusText(hash, { state: 'interrupted', epoch: 9 }) });
    writeTrial(folder, 'copy-3f9c2b7e', 1, { status: statusText(hash) });
    writeTrial(folder, 'zero-3f9c2b7e', 1, { log: attemptLines(1, { 1: 50 }) });
    expect(find(folder)).toEqual({
      trials: { 1: 'copy-3f9c2b7e/trial1' },
      warnings: [
        `copy-3f9c2b7e/trial1 is used, ${run.name}/trial1, zero-3f9c2b7e/trial1 left out: the same trial`,
      ],
    });
  });

  it('a directory without a readable status belongs to the run that its name spells', () => {
    const folder = temporaryFolder();
    writeTrial(folder, run.name, 1, { status: '{' });
    writeTrial(folder, 'resnet18-mixup-ep10-3f9c2b7eff', 2, { status: '{' });
    expect(find(folder).trials).toEqual({ 1: `${run.name}/trial1` });
  });

  it('files and folders of other programs are passed over', () => {
    const folder = temporaryFolder();
    writeTrial(folder, run.name, 1, { status: statusText(hash) });
    writeFileSync(join(folder, 'notes-3f9c2b7e'), 'text');
    writeFileSync(join(folder, run.name, 'trial2.txt'), 'text');
    writeFileSync(join(folder, run.name, 'trial3'), 'a file');
    writeTrial(folder, '.tmp-3f9c2b7e', 0, {});
    expect(find(folder)).toEqual({
      trials: { 1: `${run.name}/trial1`, 3: `${run.name}/trial3` },
      warnings: [],
    });
  });
});
