import type { Progress } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { LaunchState } from '../src/launch-state.ts';
import type { SlotView } from '../src/launch-view.ts';
import { Pace, secondsLeft } from '../src/pace.ts';
import { renderLaunch } from '../src/render-launch.ts';

const progress = (changes: Partial<Progress>): Progress => ({
  ...{ epoch: 0, maxEpochs: 100, step: 0, stepsPerEpoch: 50, secondsPerStep: 2, value: null },
  ...changes,
});

describe('the pace of a trial', () => {
  it('follows from the logged steps at first, then from what was seen, evaluations included', () => {
    const pace = new Pace();
    // While the training starts.
    pace.look(progress({ epoch: 9, secondsPerStep: null }), -900_000);
    pace.look(progress({ epoch: 10 }), 0);
    expect(pace.secondsPerEpoch).toBe(100);
    expect(pace.secondsLeft(0)).toBe(9000);
    pace.look(progress({ epoch: 10, step: 25 }), 100_000);
    pace.look(progress({ epoch: 12 }), 500_000);
    expect(pace.secondsPerEpoch).toBe(250);
    // A minute has gone since it was seen to have got further.
    pace.look(progress({ epoch: 12 }), 560_000);
    expect(pace.secondsLeft(560_000)).toBe(88 * 250 - 60);
  });

  it('is unknown before the first step, and never promises less than nothing', () => {
    const pace = new Pace();
    pace.look(progress({ secondsPerStep: null }), 0);
    expect([pace.secondsPerEpoch, pace.secondsLeft(0)]).toEqual([null, null]);
    pace.look(progress({ epoch: 99 }), 1000);
    expect(pace.secondsLeft(1e9)).toBe(0);
  });
});

describe('the time left of a plan', () => {
  it('shares what is left among the slots, and is not less than the longest trial that runs', () => {
    const known = { slots: 2, running: [100, 500], secondsPerEpoch: [10, 30] };
    expect(secondsLeft({ ...known, epochs: [10, 60] })).toBe((600 + 70 * 20) / 2);
    expect(secondsLeft({ ...known, epochs: [] })).toBe(500);
  });

  it('is unknown as long as no pace is', () => {
    expect(secondsLeft({ slots: 2, running: [null], epochs: [1], secondsPerEpoch: [] })).toBeNull();
  });
});

describe('a frame', () => {
  const state = new LaunchState();
  for (const line of [
    ...[
      'queue\ta\t1',
      'queue\tb\t1',
      'queue\tc\t1',
      'queue\td\t1',
      'settled\t3\t1',
      'slots\t2',
      'a line\tof the future',
    ],
    ...[
      'start\t1\ta\t1\ta/trial1',
      'start\t2\tb\t1\tb/trial1',
      'end\t2\tb\t1\tagain\tlost',
      'start\t2\tb\t1\tb/trial1',
    ],
    ...['end\t2\tb\t1\tfailed\t\u001b[31m 10%\r 20%\tout\u0007 of memory\u001b[0m', 'elsewhere\tc\t1'],
  ])
    state.take(line, 0);
  const slot = (number: number): SlotView => ({
    ...{ slot: number, run: `run-${number}`, trial: 1, directory: '', since: 0, metric: 'top1' },
    ...{ progress: progress({ epoch: 3, step: 25, value: 61.5 }), secondsPerEpoch: 104, secondsLeft: 12_345 },
  });
  const frame = {
    ...{ experiment: 'digits', state, slots: [slot(1)], secondsSinceStart: 59.6, secondsLeft: 200_000 },
    ...{ note: 'a note', log: 'the.log', pid: 4711 },
  };

  it('shows what the script has told and how far the trials are, and leaves the terminal alone', () => {
    expect(renderLaunch(frame, 30)).toEqual([
      'digits: 3 of 8 completed, 1 running, 1 waiting, 1 failed, 1 elsewhere, 1 skipped',
      '0:01:00 since the start, about 2 d 7 h left',
      '',
      '  slot  run    trial  epoch    metric      s/step  s/epoch  left',
      '  1     run-1  1      3.5/100  top1 61.50  2.00    104      3:25:45',
      '',
      '  failed b trial 1: 20% out  of memory',
      '',
      'a note',
      'log the.log, process 4711',
    ]);
  });

  it('leaves out slots that the terminal has no room for', () => {
    const slots = Array.from({ length: 20 }, (_, index) => slot(index + 1));
    const lines = renderLaunch({ ...frame, slots }, 15);
    expect(lines).toHaveLength(15);
    expect(lines.filter((line) => line.includes('run-'))).toHaveLength(5);
    expect(lines).toContain('  and 15 more');
    expect(renderLaunch({ ...frame, slots }, 5).join('\n')).toContain('run-1 ');
  });
});
