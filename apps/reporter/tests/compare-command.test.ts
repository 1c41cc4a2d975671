import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlanFile, PlanRun, Report } from '@mixlab/contracts';
import { compareCommand } from '@mixlab/reporter';
import { comparisonsSchema } from '@mixlab/results';
import { describe, expect, it } from 'vitest';
import { statusText, workspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

const EPOCHS = 400;
type Values = Readonly<Record<string, readonly number[]>>;

/** Writes a plan of Tiny-ImageNet's methods and trials that ended with these numbers; seeds count from `seed`. */
function experiment(
  made: Workspace,
  name: string,
  values: Values,
  {
    root = '.',
    seed = 0,
    hashed = '',
    alpha = 1,
    report = { reducer: 'last', metric: 'top1' },
    engine = 'mixlab',
  }: {
    root?: string;
    seed?: number;
    hashed?: string;
    alpha?: number;
    report?: Report;
    engine?: 'mixlab' | 'openmixup';
  } = {},
): void {
  const runs = Object.entries(values).map(([method, numbers]): PlanRun => {
    const hash = Buffer.from(`${hashed}${method}`).toString('hex').padEnd(64, '0');
    const run = `resnet18-${method}-${hash.slice(0, 8)}`;
    numbers.forEach((value, index) => {
      const folder = `${root}/work_dirs/${name}/${run}/trial${index + 1}`;
      made.write(`${folder}/status.json`, statusText(hash, 'completed', EPOCHS, EPOCHS));
      if (engine === 'openmixup') {
        // Its config is Python, and its log has names of its own.
        const first = '{"env_info": "torch", "seed": 0, "exp_name": "a"}';
        const line = { mode: 'val', epoch: EPOCHS, iter: 9, lr: 0.1, head0_top1: value, head0_top5: 99 };
        made.write(`${folder}/2026010${index + 1}_000000.log.json`, `${first}\n${JSON.stringify(line)}\n`);
        return;
      }
      made.write(`${folder}/config.json`, JSON.stringify({ seed: seed + index }));
      made.write(
        `${folder}/log.jsonl`,
        `{"mode":"val","epoch":${EPOCHS},"step":9,"attempt":1,"top1":${value},"loss":${value / 100}}\n`,
      );
    });
    return {
      name: run,
      hash,
      axes: { mixMode: method, backbone: 'resnet18', maxEpochs: EPOCHS },
      method: { alpha },
      config: `configs/${run}.json`,
      trials: Math.max(1, numbers.length),
      report,
      selected: true,
    };
  });
  const plan: PlanFile = {
    schemaVersion: 2,
    runConfig: { schema: 'mixlab', version: 2 },
    experiment: name,
    engine,
    source: { file: `configs/${name}.config.ts`, sha256: '0'.repeat(64) },
    launch: { gpusPerRun: 0 },
    runs,
  };
  const out = engine === 'openmixup' ? root : `${root}/generated`;
  made.write(`${out}/${name}/plan.json`, JSON.stringify(plan));
}

describe('beside the published figures', () => {
  const published = () => {
    const made = workspace();
    experiment(made, 'tiny-imagenet', { mixup: [63.7, 63.9], cutmix: [65], fmix: [64], puzzlemix: [] });
    return made;
  };

  it('difference and mark of each cell', async () => {
    const { exitCode, stdout, stderr } = await published().compare();
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatchInlineSnapshot(`
      "tiny-imagenet beside published (not stated; we report the median top-1 of the last 10 epochs); ▲ better, ▼ worse by more than 0.3, ≈ neither

      | method | column | ours | published | difference |  | p |
      | --- | --- | ---: | ---: | ---: | --- | ---: |
      | mixup | top1 | 63.80 ± 0.14 (n=2) | 63.86 | -0.06 | ≈ | – |
      | cutmix | top1 | 65.00 (n=1) | 65.53 | -0.53 | ▼ | – |
      | fmix\\* | top1 | 64.00 (n=1) | 63.47 | +0.53 | ▲ | – |
      | puzzlemix | top1 | missing | 65.81 | – |  | – |
      "
    `);
  });

  it('another tolerance', async () => {
    const { stdout } = await published().compare({ tolerance: '0.6' });
    expect(stdout).toContain('| cutmix | top1 | 65.00 (n=1) | 65.53 | -0.53 | ≈ | – |');
  });

  it.each([
    [['worse'], 1, 'mixlab compare: 1 cell fails (worse): resnet18-cutmix-6375746d\n'],
    [['different'], 1, /2 cells fail/],
    [['missing'], 1, /1 cell fails \(missing\): resnet18-puzzlemix/],
    [['significant'], 0, ''],
  ])('--fail-on=%j', async (failOn, code, message) => {
    const { exitCode, stderr } = await published().compare({ failOn });
    expect(exitCode).toBe(code);
    expect(stderr).toMatch(message);
  });

  it('another alpha than the published one is not compared, nor is another metric', async () => {
    const made = workspace();
    experiment(made, 'tiny-imagenet', { mixup: [63.7] }, { alpha: 0.2 });
    const nothing =
      'mixlab compare: tiny-imagenet: nothing is published of its runs; --with names another experiment\n';
    expect(await made.compare()).toEqual({ exitCode: 2, stdout: '', stderr: nothing });
    expect((await published().compare({ metric: 'loss' })).stderr).toContain('nothing is published');
  });

  it('JSON has every number in full', async () => {
    const made = published();
    const { stdout } = await made.compare({ json: true });
    const [comparison] = comparisonsSchema.parse(JSON.parse(stdout)).comparisons;
    expect(comparison?.cells[1]).toMatchObject({
      difference: 65 - 65.53,
      verdict: 'worse',
      other: { std: null, n: null },
    });
    await made.compare({ json: 'all.json' });
    expect(readFileSync(join(made.home, 'all.json'), 'utf8')).toBe(stdout);
  });
});

describe('beside another plan', () => {
  const ours = { vanilla: [80.1, 80.5, 79.9], mixup: [70, 71] };
  const theirs = { vanilla: [79.2, 79.8, 79.5], mixup: [69, 70], cutmix: [50] };

  it('another experiment, paired where seeds are the same', async () => {
    const made = workspace();
    experiment(made, 'a', ours);
    experiment(made, 'b', theirs, { hashed: 'b' });
    const { exitCode, stdout, stderr } = await made.compare({ experiment: ['a'], with: 'b' });
    expect(stdout).toContain(
      '| vanilla | top1 | 80.17 ± 0.31 (n=3) | 79.50 ± 0.30 (n=3) | +0.67 | ▲ | 0.044 (paired, n=3) |',
    );
    expect(stdout).toContain('| mixup | top1 | 70.50 ± 0.71 (n=2) | 69.50 ± 0.71 (n=2) | +1.00 | ▲ | – |');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'warning: a: 1 of 3 runs of b have no counterpart\n',
    });
  });

  it("another commit's folders, Welch where seeds differ", async () => {
    const made = workspace();
    experiment(made, 'a', ours);
    experiment(made, 'a', theirs, { root: 'before', seed: 100 });
    const { stdout } = await made.compare({ withOut: 'before/generated' });
    expect(stdout).toContain('| 0.054 (welch, n=3) |');
    expect(stdout).toContain('a beside a in before/generated');
  });

  it('another engine: the same runs in a checkout of OpenMixup, whose logs it reads', async () => {
    const made = workspace();
    experiment(made, 'a', ours);
    experiment(made, 'a', theirs, { root: 'checkout', engine: 'openmixup' });
    made.write('checkout/tools/dist_train.sh', '');
    const { exitCode, stdout, stderr } = await made.compare({ withOut: 'checkout' });
    expect(stdout).toContain(
      '| vanilla | top1 | 80.17 ± 0.31 (n=3) | 79.50 ± 0.30 (n=3) | +0.67 | ▲ | 0.054 (welch, n=3) |',
    );
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'warning: a: 1 of 3 runs of a in checkout have no counterpart\n',
    });
  });

  it('the sign of an error is the other way round', async () => {
    const made = workspace();
    experiment(made, 'a', { vanilla: [90, 90.2, 90.4] });
    experiment(made, 'b', { vanilla: [50, 50.1, 50.3] }, { hashed: 'b' });
    const typed = { experiment: ['a'], with: 'b', metric: 'loss', tolerance: '0.1', failOn: ['significant'] };
    const { exitCode, stdout } = await made.compare(typed);
    expect(stdout).toMatch(
      /\| vanilla \| loss \| 0\.9020 .* \| \+0\.4007 \| ▼ \| \\<0\.001 \(paired, n=3\) \|/,
    );
    expect(exitCode).toBe(1);
  });

  it('numbers that are made by different rules are said to be; those of different metrics are not compared', async () => {
    const made = workspace();
    experiment(made, 'a', ours);
    experiment(made, 'b', theirs, { report: { reducer: 'best', metric: 'top1' } });
    experiment(made, 'c', theirs, { report: { reducer: 'last', metric: 'loss' } });
    const { exitCode, stdout, stderr } = await made.compare({ experiment: ['a'], with: 'b' });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('| +0.67 | ▲ |');
    expect(stderr).toMatch(
      /^warning: a: numbers are made by different rules: top1 of the last epoch beside best top1 \(resnet18-vanilla-\w+, resnet18-mixup-\w+\)$/m,
    );
    expect(await made.compare({ experiment: ['a'], with: 'c' })).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('top1 of the last epoch beside loss of the last epoch (resnet18-'),
    });
    // Asked for by name it is the same on both sides.
    expect((await made.compare({ experiment: ['a'], with: 'c', metric: 'loss' })).exitCode).toBe(0);
  });

  it('nothing in common, or no such plan', async () => {
    const made = workspace();
    experiment(made, 'a', { vanilla: [80] });
    experiment(made, 'b', { cutmix: [80] }, { hashed: 'b' });
    expect(await made.compare({ experiment: ['a'], with: 'b' })).toMatchObject({
      exitCode: 2,
      stderr:
        'mixlab compare: a and b have no runs in common\n' +
        'mixlab compare: 1 of 1 runs of b have no counterpart\n',
    });
    expect((await made.compare({ experiment: ['a'], with: 'bb' })).stderr).toContain('Did you mean b?');
  });
});

it.each([
  [{ tolerance: '-1' }, 'expected a number, from 0'],
  [{ failOn: ['worst'] }, /worse/],
])('%j is refused', (typed, message) => {
  expect(compareCommand.options.safeParse(typed).error?.issues[0]?.message).toMatch(message);
});
