import { copyFileSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { tableCommand } from '@mixlab/reporter';
import { tableFormats, tablesSchema } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { hashes, names, planText, statusText, workspace, writeTrial } from './workspace.ts';
import type { Workspace } from './workspace.ts';

/** Two vanilla trials are done, one of mixup is interrupted, its other one has not started. */
function quickstart(experiment = 'quickstart/digits', workDir = 'work_dirs'): Workspace {
  const made = workspace();
  made.write(`generated/${experiment}/plan.json`, planText(experiment));
  writeTrial(made, `${workDir}/${experiment}`, 'vanilla', 1, [50, 60, 70, 80]);
  writeTrial(made, `${workDir}/${experiment}`, 'vanilla', 2, [51, 61, 71, 81]);
  writeTrial(made, `${workDir}/${experiment}`, 'mixup', 1, [40, 90, 91]);
  return made;
}

describe('mixlab table', () => {
  it('prints what is there and what is not', async () => {
    expect(await quickstart().table()).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "**quickstart/digits**: top1 of the last epoch, mean ± sample std over 2 trials; resnet18, 4 epochs

      | method | top1 |
      | --- | ---: |
      | vanilla | 80.50 ± 0.71 |
      | mixup | interrupted |

      1 of 4 trials missing:

      - r18-mixup-ep4-a1-2b2b2b2b: trial 2

      1 of 4 trials interrupted:

      - r18-mixup-ep4-a1-2b2b2b2b: trial 1 (epoch 3 of 4)
      ",
      }
    `);
  });

  it('draws a box in a terminal, and elsewhere if asked', async () => {
    const { table } = quickstart();
    const { stdout } = await table({}, { isTty: true });
    expect(stdout).toContain('│ vanilla │ 80.50 ± 0.71 │');
    expect((await table({ format: 'terminal' })).stdout).toBe(stdout);
  });

  it('compares unfinished trials at an epoch', async () => {
    const { table } = quickstart();
    expect((await table({ atEpoch: '2' })).stdout).toContain('| mixup | 90.00 (n=1 of 2) |');
    expect((await table({ atEpoch: 'common' })).stdout).toMatch(
      /at epoch 3,[^]*\| mixup \| 91.00 \(n=1 of 2\) \|/,
    );
  });

  it('prints nothing but JSON with --json and with --format=json', async () => {
    const { table } = quickstart();
    const printed = await table({ json: true });
    expect(printed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(tablesSchema.parse(JSON.parse(printed.stdout)).tables[0]?.cells[0]?.[0]?.mean).toBe(80.5);
    expect((await table({ format: 'json' })).stdout).toBe(printed.stdout);
  });

  it('writes JSON to a file beside what it prints', async () => {
    const { home, table } = quickstart();
    const { stdout } = await table({ json: 'table.json', format: 'csv' });
    expect(stdout.split('\r\n')[0]).toMatch(/^experiment,run,hash,mixMode,/);
    expect(readFileSync(join(home, 'table.json'), 'utf8')).toBe((await table({ json: true })).stdout);
  });

  it('says what is missing on stderr where stdout is CSV', async () => {
    const { stdout, stderr } = await quickstart().table({ format: 'csv' });
    expect(stdout).not.toContain('missing');
    expect(stderr).toContain(
      'quickstart/digits: 1 of 4 trials missing:\n  r18-mixup-ep4-a1-2b2b2b2b: trial 2\n',
    );
  });

  it('refuses --json together with another format', async () => {
    const { exitCode, stdout, stderr } = await quickstart().table({ json: true, format: 'csv' });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toBe(
      'mixlab table: --json and --format=csv exclude each other; --json=FILE writes both\n',
    );
  });

  it('warns about damage on stderr, and prints the rest', async () => {
    const made = quickstart();
    made.write(`work_dirs/quickstart/digits/${names.vanilla}/trial2/status.json`, '{"state": "comp');
    const { exitCode, stdout, stderr } = await made.table();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('| vanilla | 80.00 (n=1 of 2) |');
    expect(stderr).toBe(
      `warning: quickstart/digits: ${names.vanilla}, trial 2: status.json cannot be used: not JSON\n` +
        `warning: quickstart/digits: ${names.vanilla}, trial 2: nothing tells which run it is of, so that no start takes it; move it away\n`,
    );
  });
});

describe('cells that were trained on different numbers of GPUs', () => {
  it('are a warning on stderr with the runs, and stand in the table', async () => {
    const made = quickstart();
    const folder = 'work_dirs/quickstart/digits';
    writeTrial(made, folder, 'vanilla', 1, [50, 60, 70, 80], 256);
    writeTrial(made, folder, 'mixup', 1, [40, 90, 91, 92], 64);
    const { exitCode, stdout, stderr } = await made.table();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('| mixup | 92.00 (n=1 of 2) |');
    expect(stderr).toBe(
      `warning: quickstart/digits: batch norm saw different numbers of images at once: 256 (${names.vanilla}); 64 (${names.mixup})\n`,
    );
  });
});

describe('arranged and reduced otherwise', () => {
  it('columns, a reducer and a field', async () => {
    const { table } = quickstart();
    const typed = { rows: ['backbone'], columns: ['mixMode'], reducer: 'median:2', metric: 'top1' };
    const { stdout } = await table(typed);
    expect(stdout).toContain('median of top1 over the last 2 epochs, ');
    expect(stdout).toContain(
      '| backbone | vanilla | mixup |\n| --- | ---: | ---: |\n| resnet18 | 75.50 ± 0.71 |',
    );
  });

  it('published figures, or word that there are none', async () => {
    const { table } = quickstart('tiny-imagenet');
    const nothing = 'warning: tiny-imagenet: nothing is published of its runs\n';
    expect(await table({ published: true })).toMatchObject({ exitCode: 0, stderr: nothing });
  });

  it('an axis that there is not: the nearest one, and nothing printed', async () => {
    const { table } = quickstart();
    expect(await table({ rows: ['backbones'], columns: ['mixMode', 'mixMode'] })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'mixlab table: quickstart/digits has no axis backbones; there are mixMode, backbone, maxEpochs. Did you mean backbone?\n' +
        'mixlab table: mixMode is asked for twice\n',
    });
  });
});

describe('numbers of mixlab.test', () => {
  const line = (changes: object = {}) =>
    JSON.stringify({
      mode: 'test',
      hash: hashes.vanilla,
      checkpoint: 'best.pt',
      weights: 'model',
      epoch: 3,
      top1: 79,
      top5: 99,
      loss: 0.51234,
      images: 100,
      ece: 2.345,
      ...changes,
    });
  const tested = (first: string[], second: string[]) => {
    const made = quickstart();
    [first, second].forEach((lines, index) =>
      made.write(
        `work_dirs/quickstart/digits/${names.vanilla}/trial${index + 1}/test.jsonl`,
        `${lines.join('\n')}\n`,
      ),
    );
    return made;
  };
  const cells = async (made: Workspace, metric: string) => {
    const { stdout } = await made.table({ metric, json: true });
    const cell = tablesSchema.parse(JSON.parse(stdout)).tables[0]!.cells[0]![0]!;
    return cell.trials.map(({ value }) => value);
  };

  it('the newest test that says it, of the weights and the patches that are asked for', async () => {
    const occlusion = [
      { ratio: 0.25, grid: 4, top1: 60, top5: 90, loss: 1 },
      { ratio: 0.5, grid: 4, top1: 40, top5: 80, loss: 2 },
    ];
    const made = tested(
      [line({ occlusion }), line({ top1: 80 }), line({ weights: 'ema', top1: 82, loss: 0.4 })],
      [line({ top1: 81, occlusion: [{ ...occlusion[1], top1: 44 }] })],
    );
    expect(await cells(made, 'test.top1')).toEqual([80, 81]);
    expect(await cells(made, 'test.top1_ema')).toEqual([82, null]);
    expect(await cells(made, 'test.loss_ema')).toEqual([0.4, null]);
    expect(await cells(made, 'test.ece')).toEqual([2.345, 2.345]);
    expect(await cells(made, 'test.occlusion.0.5.top1')).toEqual([40, 44]);
    expect(await cells(made, 'test.occlusion.0.25.loss')).toEqual([1, null]);
    const { stdout } = await made.table({ metric: 'test.top1' });
    expect(stdout).toContain('test.top1, of the newest mixlab.test of each trial, mean');
    expect(stdout).toContain('| vanilla | 80.50 ± 0.71 |');
    expect((await made.table({ metric: 'test.loss' })).stdout).toContain('| vanilla | 0.5123 ± 0.0000 |');
  });

  it('what cannot be used or compared is said', async () => {
    const made = tested(
      ['{"mode": "te', line({ hash: hashes.mixup, top1: 1 }), line()],
      [line({ checkpoint: 'last.pt' })],
    );
    const { stdout, stderr } = await made.table({ metric: 'test.top1' });
    expect(stdout).toContain('| vanilla | 79.00 ± 0.00 |');
    const [vanilla, warning] = [names.vanilla, 'warning: quickstart/digits:'];
    expect(stderr.split('\n')).toEqual([
      `${warning} tests are of different checkpoints: best.pt (${vanilla}); last.pt (${vanilla})`,
      `${warning} ${vanilla}, trial 1: test.jsonl: not a line of a test, left out (line 1)`,
      `${warning} ${vanilla}, trial 1: test.jsonl: another run's test, left out (line 2)`,
      `${warning} ${vanilla}, trial 2: last.pt was tested after 3 of 4 epochs`,
      '',
    ]);
  });

  it.each([
    [{ metric: 'test.top11' }, 'no test of quickstart/digits has test.top11; there are test.top1,'],
    [{ metric: 'top11' }, 'no log of quickstart/digits has top11; there are top1. Did you mean top1?'],
    [{ metric: 'test.top1', reducer: 'best' }, '--reducer has no meaning for test.top1'],
    [{ metric: 'test.top1', atEpoch: '3' }, '--at-epoch has no meaning for test.top1'],
  ])('%j: no table', async (typed, problem) => {
    const { exitCode, stdout, stderr } = await tested([line()], []).table(typed);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`mixlab table: ${problem}`);
  });

  it('no test at all: the command that makes one', async () => {
    const { exitCode, stderr } = await quickstart().table({ metric: 'test.top1' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('quickstart/digits has no tests; python -m mixlab.test CONFIG RUN_DIR');
  });
});

describe('where it looks', () => {
  it('work_dirs lies beside the generated folder, wherever that is', async () => {
    const { home, table } = quickstart();
    const elsewhere = { cwd: join(home, 'generated') };
    expect((await table({}, elsewhere)).stdout).toContain('80.50');
    expect((await table({ out: '.' }, elsewhere)).stdout).toContain('80.50');
  });

  it('--work-dir goes before MIXLAB_WORK_DIR goes before work_dirs', async () => {
    const made = quickstart('digits', 'scratch');
    expect((await made.table()).stdout).toContain('| vanilla | missing |');
    expect((await made.table({}, { env: { MIXLAB_WORK_DIR: join(made.home, 'scratch') } })).stdout).toContain(
      '80.50',
    );
    expect(
      (await made.table({ workDir: 'scratch' }, { env: { MIXLAB_WORK_DIR: '/nowhere' } })).stdout,
    ).toContain('80.50');
  });

  it('all experiments with a plan, by name or by glob', async () => {
    const made = quickstart();
    for (const name of ['imagenet/deit', 'imagenet/rsb'])
      made.write(`generated/${name}/plan.json`, planText(name));
    made.write('generated/.cache/plan.json', '{');
    made.write('generated/half/.manifest.json', '{}');
    made.write('generated/half/configs/plan.json', '{');
    const titles = async (experiment?: string[]) =>
      (await made.table({ experiment })).stdout.match(/^\*\*.*\*\*/gm)?.map((title) => title.slice(2, -2));
    expect(await titles()).toEqual(['imagenet/deit', 'imagenet/rsb', 'quickstart/digits']);
    expect(await titles(['imagenet/*'])).toEqual(['imagenet/deit', 'imagenet/rsb']);
    expect(await titles(['quickstart/digits', '*/{rsb,digits}'])).toEqual([
      'imagenet/rsb',
      'quickstart/digits',
    ]);
  });
});

describe('nothing to print', () => {
  it('no plan at all', async () => {
    const { table } = workspace();
    expect(await table()).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'mixlab table: no plan in generated; `npx mixlab configs` makes one\n',
    });
    expect((await table({ experiment: ['cifar10'] })).stderr).toContain(
      '`npx mixlab configs --experiment=cifar10`',
    );
  });

  it('a name and a glob that match nothing: what there is, and the nearest name', async () => {
    const { exitCode, stdout, stderr } = await quickstart().table({
      experiment: ['quickstart/digit', 'imagenet/*'],
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      'mixlab table: no plan for quickstart/digit in generated; `npx mixlab configs --experiment=quickstart/digit` ' +
        'makes it. Plans there: quickstart/digits. Did you mean quickstart/digits?',
      'mixlab table: no plan in generated matches imagenet/*. Plans there: quickstart/digits.',
      '',
    ]);
  });

  it.each([
    [
      'cut',
      planText('cifar10').slice(0, 200),
      /cifar10\/plan.json is not JSON \(.*\)\. `npx mixlab configs --experiment=cifar10 --force` writes it again/,
    ],
    [
      'of another program',
      '{"runs": 3}',
      /cifar10\/plan.json is not a plan \(schemaVersion: .*; and 2 more\)/,
    ],
    [
      'of a later version',
      planText('cifar10').replace('"schemaVersion": 2', '"schemaVersion": 9'),
      /cifar10\/plan.json was written by a newer version of Mixlab \(schema version 9, here 2\)\. Use the Mixlab/,
    ],
    ['a number', '7', /is not a plan \(Invalid/],
  ])('a plan that is %s: the other tables are printed', async (_, text, message) => {
    const made = quickstart();
    made.write('generated/cifar10/plan.json', text);
    const { exitCode, stdout, stderr } = await made.table();
    expect(exitCode).toBe(1);
    expect(stdout).toContain('80.50');
    expect(stderr).toMatch(message);
    const json = await made.table({ experiment: ['cifar10'], json: true });
    expect(json).toMatchObject({ exitCode: 1, stdout: '{\n  "schemaVersion": 1,\n  "tables": []\n}\n' });
  });

  it('a work folder that is a file', async () => {
    const made = quickstart();
    rmSync(join(made.home, 'work_dirs'), { recursive: true });
    made.write('work_dirs', 'a file');
    expect(await made.table()).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('4 of 4 trials missing:'),
    });
  });
});

describe('its options', () => {
  it.each([
    [{ atEpoch: '0' }, 'must be an epoch, from 1, or "common"'],
    [{ atEpoch: 'last' }, 'must be an epoch, from 1, or "common"'],
    [{ format: 'html' }, /terminal.*md.*latex.*csv.*json/],
    [{ formt: 'md' }, /formt/],
    [{ reducer: 'median' }, 'expected last, best, median:<epochs> or ema:<decay between 0 and 1>'],
    [{ reducer: 'ema:1' }, /ema:<decay/],
    [{ reducer: 'medain:5' }, /Did you mean median\?/],
  ])('%j is refused', (typed, message) => {
    const { error } = tableCommand.options.safeParse(typed);
    expect(error?.issues[0]?.message).toMatch(message);
  });

  it('are all described', () => {
    for (const [name, option] of Object.entries(tableCommand.options.shape))
      expect([name, option.description]).toEqual([name, expect.stringMatching(/.{10}/)]);
  });
});

it('changes nothing, run directories least of all', async () => {
  const made = quickstart();
  const before = readdirSync(made.home, { recursive: true }).sort();
  for (const format of tableFormats) await made.table({ format, atEpoch: 'common' });
  expect(readdirSync(made.home, { recursive: true }).sort()).toEqual(before);
});

describe('trainings of OpenMixup', () => {
  const inputs = join(import.meta.dirname, 'fixtures/openmixup/inputs');

  /** A checkout with a plan, and run directories in it that hold real logs: folders of logs of a trial each. */
  function checkout(
    runs: Readonly<Record<string, readonly { from: string; logs: readonly number[]; status?: string }[]>>,
  ): Workspace {
    const made = workspace();
    const planned = Object.entries(runs).map(([method, trials], index) => ({
      name: `r18-${method}-${index}a1b2c3d`,
      hash: `${index}a1b2c3d`.padEnd(64, '0'),
      axes: { 'model.mix_mode': method, 'runner.max_epochs': 30 },
      method: {},
      config: `configs/r18-${method}-${index}a1b2c3d.json`,
      trials: trials.length,
      report: { reducer: 'last' as const, metric: 'top1' },
      selected: true,
    }));
    const plan = { ...JSON.parse(planText('r18')), engine: 'openmixup', runs: planned };
    made.write('checkout/r18/plan.json', JSON.stringify(plan));
    made.write('checkout/tools/dist_train.sh', '');
    for (const { name, hash, axes } of planned) {
      for (const [index, { from, logs, status }] of runs[axes['model.mix_mode']]!.entries()) {
        const directory = `checkout/work_dirs/r18/${name}/trial${index + 1}`;
        made.write(`${directory}/attempts/list`, '');
        const found = readdirSync(join(inputs, from)).sort();
        for (const log of logs)
          copyFileSync(join(inputs, from, found[log]!), join(made.home, directory, found[log]!));
        if (status === 'completed') made.write(`${directory}/status.json`, statusText(hash, status, 30, 30));
      }
    }
    return made;
  }

  it('are in the table, by their status or by what their logs say', async () => {
    const { table } = checkout({
      mixup: [0, 1, 2].map((log) => ({ from: 'A_cls/exp01_mixup_ep30', logs: [log] })),
      resumed: [{ from: 'A_cls/exp06_resume_ep30', logs: [0, 1], status: 'completed' }],
      again: [{ from: 'A_cls/exp01_mixup_ep30', logs: [0, 1], status: 'completed' }],
      automix: [{ from: 'G_automix/exp01_ep30', logs: [0], status: 'completed' }],
      stopped: [{ from: 'A_cls/exp10_stopped_ep12_of_30', logs: [0] }],
    });
    expect(await table({ out: 'checkout', rows: ['model.mix_mode'] })).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "warning: r18: r18-again-2a1b2c3d, trial 1: 20260101_000000.log.json left out: the training began anew
      ",
        "stdout": "**r18**: top1 of the last epoch, mean ± sample std over 3 trials; runner.max_epochs=30

      | model.mix_mode | top1 |
      | --- | ---: |
      | mixup | 80.35 ± 0.36 |
      | resumed | 79.87 |
      | again | 80.13 |
      | automix | 80.33 |
      | stopped | stale |

      1 of 7 trials stale (the process is gone; the next start resumes them):

      - r18-stopped-4a1b2c3d: trial 1 (epoch 12 of 30)
      ",
      }
    `);
  });
});
