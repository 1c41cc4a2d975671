import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFile } from '@mixlab/contracts';
import { planOf, temporaryFolder } from '@mixlab/engines/testing';
import { expect, it } from 'vitest';
import { LaunchState } from '../src/launch-state.ts';
import { LaunchView } from '../src/launch-view.ts';

/** What a script tells, as trials of 4 epochs are looked at whose rungs end after epochs 1 and 4. */
class Launch {
  readonly folder = temporaryFolder();
  readonly state = new LaunchState();
  readonly view: LaunchView;

  constructor() {
    const halving = { metric: 'top1', goal: 'max', eta: 4, rungs: [1, 4] } as const;
    const plan = JSON.parse(planOf('e', ['a', 'b', 'c'], 0, halving).planFile() as string) as PlanFile;
    this.view = new LaunchView(plan, this.state, this.folder);
  }

  told(...lines: readonly string[]): void {
    for (const line of lines) this.state.take(line.replaceAll(' ', '\t'), this.now);
  }

  now = 0;

  /** The epochs of the slots' trials, the time left of each, and of all. */
  at(seconds: number): unknown {
    this.now = seconds * 1000;
    const { slots, secondsLeft } = this.view.look(this.now);
    return [
      slots.map(({ run, progress, secondsLeft: left }) => [
        run,
        `${progress.epoch}/${progress.maxEpochs}`,
        left,
      ]),
      secondsLeft,
    ];
  }

  /** 10 steps an epoch, of 2 s each: as far as one step into the epoch after `epoch`. */
  trains(run: string, epoch: number): void {
    const folder = join(this.folder, run, 'trial1');
    mkdirSync(folder, { recursive: true });
    const status = {
      ...{ schemaVersion: 1, state: 'running', hash: 'a'.repeat(64), attempt: 1, epoch },
      ...rest,
    };
    writeFileSync(join(folder, 'status.json'), JSON.stringify(status));
    const lines = [
      { mode: 'env', attempt: 1, stepsPerEpoch: 10 },
      { mode: 'train', attempt: 1, epoch: epoch + 1, step: 0, time: 2 },
    ];
    writeFileSync(join(folder, 'log.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
}

const rest = {
  ...{ maxEpochs: 4, heartbeat: 1, host: 'h', pid: 1, pidStart: 1, bootId: 'b' },
  ...{ schedulerJob: null, exitCode: null, error: null },
};

it('tells the time left of a rung: until its epoch, and from the one before', () => {
  const launch = new Launch();
  launch.trains('a', 0);
  launch.told('rung 1 1', 'queue a 1', 'queue b 1', 'queue c 1', 'slots 1', 'start 1 a 1 a/trial1');
  // An epoch of 20 s for each of the three, by the first steps.
  expect(launch.at(0)).toEqual([[['a', '0/1', 20]], 60]);
  launch.now = 30_000;
  launch.told('end 1 a 1 paused', 'start 1 b 1 b/trial1');
  // One took 30 s: so will the others, of which nothing is known.
  expect(launch.at(30)).toEqual([[['b', '0/null', null]], 60]);
  launch.now = 60_000;
  launch.told('end 1 b 1 paused', 'start 1 c 1 c/trial1');
  launch.at(60);
  launch.now = 100_000;
  launch.told('end 1 c 1 paused', 'rung 2 4', 'queue a 1', 'queue b 1', 'start 1 b 1 b/trial1');
  // Three epochs for each of the two that go on, of which the three have taken 30, 30 and 40 s.
  expect(launch.at(100)).toEqual([[['b', '0/null', null]], 6 * (100 / 3)]);
  launch.trains('b', 1);
  expect(launch.at(100)).toEqual([[['b', '1/4', 60]], 60 + 3 * ((30 + 30 + 40 + 20) / 4)]);
});
