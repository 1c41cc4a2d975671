import { appendFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { statusCommand } from '@mixlab/launcher';
import { describe, expect, it } from 'vitest';
import { MIXUP, planRun, processFields, TrialsLab } from './trials-lab.ts';

/** A plan of one run. */
class Lab extends TrialsLab {
  constructor(trials: number) {
    super([planRun(MIXUP, { trials })]);
  }

  trial(trial: number, fields: Record<string, unknown>, lines: readonly object[] = []): string {
    this.curve(MIXUP, trial, lines);
    return this.status(MIXUP, trial, fields);
  }

  show(typed: Record<string, unknown> = {}) {
    return this.run(statusCommand, typed);
  }
}

function val(epoch: number, top1: number): object {
  return { mode: 'val', attempt: 1, epoch, step: 9, top1 };
}

describe('mixlab status', () => {
  it('shows every trial with its state, epoch, metric, place and error', async () => {
    const lab = new Lab(5);
    lab.trial(1, { state: 'completed', epoch: 4, exitCode: 0 }, [val(3, 90), val(4, 91.5)]);
    const written = lab.trial(2, { state: 'running', epoch: 1, attempt: 2, schedulerJob: '17_3' }, [
      val(1, 42),
    ]);
    const fiveMinutesAgo = Date.now() / 1000 - 300;
    utimesSync(written, fiveMinutesAgo, fiveMinutesAgo);
    lab.trial(3, { state: 'failed', exitCode: 1, error: 'the loss is nan at epoch 1, step 3\nmore' });
    lab.trial(4, { state: 'cancelled', epoch: 2 });
    expect(await lab.show()).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "digits: 5 trials, 1 planned, 1 running, 1 cancelled, 1 failed, 1 completed

        run                         trial  state      attempt  epoch  metric      heartbeat  where                why
        resnet8-mixup-ep4-1a1a1a1a  1      completed  1        4/4    top1 91.50             node7:4711
        resnet8-mixup-ep4-1a1a1a1a  2      running    2        1/4    top1 42.00  5 min ago  node7:4711 job 17_3
        resnet8-mixup-ep4-1a1a1a1a  3      failed     1        0/4                           node7:4711           the loss is nan at epoch 1, step 3
        resnet8-mixup-ep4-1a1a1a1a  4      cancelled  1        2/4                           node7:4711
        resnet8-mixup-ep4-1a1a1a1a  5      planned             0/4
      ",
      }
    `);
  });

  it('calls a trial stale whose process is gone, or whose machine has been silent for ten minutes', async () => {
    const lab = new Lab(3);
    const mine = processFields();
    lab.trial(1, { state: 'running', ...mine });
    lab.trial(2, { state: 'running', ...mine, pidStart: Number(mine['pidStart']) - 1 });
    const silent = lab.trial(3, { state: 'running' });
    const longAgo = Date.now() / 1000 - 11 * 60;
    utimesSync(silent, longAgo, longAgo);
    const { stdout } = await lab.show({ json: true });
    const [{ trials }] = JSON.parse(stdout).experiments;
    expect(trials.map(({ state }: { state: string }) => state)).toEqual(['running', 'stale', 'stale']);
    expect(trials[2].secondsSinceHeartbeat).toBeGreaterThanOrEqual(660);
    expect((await lab.show({ state: ['stale'] })).stdout).toContain('2 of 3 trials, 2 stale');
  });

  it('warns of a directory that cannot be used, and goes on with the others', async () => {
    const lab = new Lab(2);
    writeFileSync(lab.trial(1, { state: 'running' }), '{"state": "run');
    lab.trial(2, { state: 'completed', epoch: 4 }, [val(4, 80)]);
    const { stdout, stderr, exitCode } = await lab.show();
    expect(stdout).toMatch(/trial.*\n.* 1 +stale[^]* 2 +completed +1 +4\/4 +top1 80\.00/);
    expect(stderr).toContain(
      'digits: resnet8-mixup-ep4-1a1a1a1a, trial 1: status.json cannot be used: not JSON',
    );
    expect(exitCode).toBe(0);
  });

  it('looks again while it watches, until Ctrl-C', async () => {
    const lab = new Lab(1);
    lab.trial(1, { state: 'running', epoch: 1 }, [val(1, 50)]);
    const watching = lab.mixlab('status', '--watch');
    let seen = '';
    watching.stdout.on('data', (text: Buffer) => {
      if (!seen.includes('top1 50.00') && `${seen}${text}`.includes('top1 50.00')) {
        appendFileSync(join(lab.directory(MIXUP, 1), 'log.jsonl'), `${JSON.stringify(val(2, 60))}\n`);
      }
      seen += String(text);
      if (seen.includes('top1 60.00')) watching.kill('SIGINT');
    });
    expect((await watching).signal).toBe('SIGINT');
    expect(seen).toMatch(/top1 50\.00[^]*top1 60\.00/);
  });

  it('refuses an unknown state, an unknown option and an experiment without a plan, all at once', async () => {
    const lab = new Lab(1);
    const both = await lab.mixlab('status', '--state=runing', '--experiment=digit', '--wach');
    expect([both.exitCode, both.stderr.split('\n').map((line) => line.replace(/ \(.*|;.*/, ''))]).toEqual([
      2,
      [
        'mixlab status: unknown option --wach',
        'mixlab status: --state: this value is not known',
        'mixlab status: no plan for digit in generated',
      ],
    ]);
  });
});
