import { selectRuns } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { hashOf, planOf, planRun } from './run-directories.ts';

const mixup = planRun('resnet18-mixup-ep10-3f9c2b7e', hashOf('3f9c2b7e'));
const cutmix = planRun('resnet18-cutmix-ep10-11112222', hashOf('11112222'));
const deit = planRun('deit_small-cutmix-ep10-33334444', hashOf('33334444'), { trials: 1 });
const plans = [planOf([mixup, cutmix], 'tiny/first'), planOf([deit, mixup], 'second')];

function select(...names: string[]): string[] {
  const { has, problems } = selectRuns(plans, names);
  expect(problems).toEqual([]);
  return plans.flatMap(({ experiment, runs }) =>
    runs.flatMap((run) =>
      [1, 2]
        .filter((trial) => has(experiment, run.name, trial))
        .map((trial) => `${experiment}/${run.name.split('-').slice(0, 2).join('-')}/${trial}`),
    ),
  );
}

describe('a run is named', () => {
  it.each([
    ['by its name', deit.name, ['second/deit_small-cutmix/1']],
    ['by a beginning', 'deit', ['second/deit_small-cutmix/1']],
    ['by digits of its hash', '1111', ['tiny/first/resnet18-cutmix/1', 'tiny/first/resnet18-cutmix/2']],
    ['by one trial of it', '11112222/trial2', ['tiny/first/resnet18-cutmix/2']],
    ['with its experiment', `second/${mixup.name}/trial1`, ['second/resnet18-mixup/1']],
    ['with a glob', 'resnet18-c*/trial1', ['tiny/first/resnet18-cutmix/1']],
    [
      'in two experiments',
      `${mixup.name}/trial1`,
      ['tiny/first/resnet18-mixup/1', 'second/resnet18-mixup/1'],
    ],
  ])('%s', (_, name, expected) => {
    expect(select(name)).toEqual(expected);
  });

  it('and every problem is told', () => {
    const names = ['resnet18', 'resnet18-mixup-ep10-3f9c2b7f', 'vgg*', `${deit.name}/trial2`, 'deit'];
    expect(selectRuns(plans, names).problems).toEqual([
      "resnet18 is the beginning of several runs: resnet18-mixup-ep10-3f9c2b7e, resnet18-cutmix-ep10-11112222; 'resnet18*' takes them all",
      'no run is called resnet18-mixup-ep10-3f9c2b7f; did you mean resnet18-mixup-ep10-3f9c2b7e?',
      'no run is called vgg*; there are resnet18-mixup-ep10-3f9c2b7e, resnet18-cutmix-ep10-11112222, deit_small-cutmix-ep10-33334444',
      'deit_small-cutmix-ep10-33334444 has no trial 2, the plan has 1',
    ]);
  });
});
