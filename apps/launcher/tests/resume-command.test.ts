import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashOf, planOf } from '@mixlab/engines/testing';
import { expect, it } from 'vitest';
import { RunLab } from './run-lab.ts';

const STATES = ['completed', 'interrupted', 'failed', 'cancelled', 'planned'] as const;

/** An experiment with a run in each state, called by it; `hidden` is not in the scripts. */
function someStates(): RunLab {
  const lab = new RunLab(planOf('e', [...STATES, { name: 'hidden', selected: false }]));
  for (const state of STATES.slice(0, 4)) lab.leave(lab.directory(state), state, state);
  writeFileSync(join(lab.directory('cancelled'), 'cancel'), '');
  lab.leave(lab.directory('hidden'), 'hidden', 'failed');
  return lab;
}

function started(lab: RunLab): string[] {
  const begun = lab.timeline().filter((event) => event.startsWith('start '));
  return STATES.filter((state) => begun.includes(`start ${hashOf(state).slice(0, 8)}.1`));
}

it.each<[args: string[], expected: string[]]>([
  [[], ['interrupted', 'failed']],
  [['--failed'], ['failed']],
  [
    ['--missing', '--failed'],
    ['failed', 'planned'],
  ],
  [['--cancelled'], ['cancelled']],
  [
    ['interrupted', 'cancelled', 'completed'],
    ['interrupted', 'cancelled'],
  ],
])('resume %j starts %j', async (args, expected) => {
  const lab = someStates();
  const { exitCode, all } = await lab.mixlab('resume', ...args);
  expect(exitCode, all).toBe(0);
  expect(started(lab)).toEqual(expected);
  expect(existsSync(join(lab.directory('cancelled'), 'cancel'))).toBe(!expected.includes('cancelled'));
});

it('shows first what would be done, and takes nothing back', async () => {
  const lab = someStates();
  const { exitCode, all } = await lab.mixlab('resume', '--cancelled', '--dry-run');
  expect(exitCode).toBe(0);
  expect(all).toContain('run    cancelled trial 1');
  expect(existsSync(join(lab.directory('cancelled'), 'cancel'))).toBe(true);
});

it('submits to a cluster what it would start here', async () => {
  const lab = someStates();
  const { exitCode, all } = await lab.mixlab(
    'resume',
    '--launcher=slurm',
    '--cancelled',
    '--failed',
    '--dry-run',
  );
  expect(exitCode, all).toBe(0);
  expect(all).toMatch(/submit failed trial 1\n.*submit cancelled trial 1\n.*dry run: 2 to submit/);
  expect(existsSync(join(lab.directory('cancelled'), 'cancel'))).toBe(true);
  const local = await lab.mixlab('resume', '--launcher=slurm', '--jobs=2', '--keep-going', '--dry-run');
  expect([local.exitCode, local.all]).toEqual([
    2,
    'mixlab resume: --jobs is not for --launcher=slurm; `npx mixlab submit` has its options\n' +
      'mixlab resume: --keep-going is not for --launcher=slurm; `npx mixlab submit` has its options',
  ]);
});

it('says so where there is nothing to resume, or where the scripts do not list it', async () => {
  const lab = someStates();
  const nothing = await lab.mixlab('resume', 'completed');
  expect([nothing.exitCode, nothing.all]).toEqual([0, 'nothing to resume: 1 completed']);
  const hidden = await lab.mixlab('resume', 'hidden');
  expect([hidden.exitCode, hidden.all]).toEqual([
    2,
    'mixlab resume: the scripts do not list hidden trial 1; `npx mixlab configs --experiment=e` writes them anew',
  ]);
});
