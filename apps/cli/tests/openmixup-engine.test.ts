import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { inProcess } from './in-process.ts';
import { makeWorkspace } from './workspace.ts';

const authored = `import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';

export default defineExperiment({
  name: 'in',
  recipe: recipes.pytorch,
  backbone: 'resnet18',
  maxEpochs: 100,
  mixMode: vary(mix.mixup({ alpha: 0.2 }), mix.comixup()),
  launch: { gpusPerRun: 4 },
});
`;

it('mixlab configs --engine=openmixup writes into a checkout what OpenMixup has, and lists what it has not', async () => {
  const workspace = makeWorkspace({
    'configs/in.config.ts': authored,
    'configs/none.config.ts': authored
      .replace("name: 'in'", "name: 'none'")
      .replace('mix.mixup({ alpha: 0.2 })', 'mix.grafting()'),
    'configs/halved.config.ts': authored.replace(
      "name: 'in'",
      "name: 'halved', halving: { metric: 'top1', eta: 3 }",
    ),
  });
  try {
    const { exitCode, stdout } = await workspace.mixlab(
      'configs',
      '--engine=openmixup',
      '--out=checkout',
      '--json=j',
    );
    expect(stdout).toMatchInlineSnapshot(`
      "in  1 of 2 runs  6 written, 0 unchanged, 0 removed

      left out, for openmixup cannot take it:
        in      1 run   no method comixup
        halved  2 runs  no training that pauses after some epochs, as halving has them do
        none    1 run   no method grafting
        none    1 run   no method comixup

      next: bash checkout/in/launch/local.sh"
    `);
    expect(exitCode).toBe(0);
    const [file = ''] = workspace.files('checkout/in/configs');
    const config = JSON.parse(workspace.read(join('checkout/in/configs', file))) as Record<string, unknown>;
    expect(config).toMatchObject({ model: { mix_mode: 'mixup', alpha: 0.2 }, data: { imgs_per_gpu: 64 } });
    expect(workspace.read('checkout/in/launch/local.sh')).not.toContain('comixup');
    expect(existsSync(join(workspace.home, 'checkout/none'))).toBe(false);
    const plan = JSON.parse(workspace.read('checkout/in/plan.json')) as {
      engine: string;
      runs: { selected: boolean }[];
    };
    expect(plan.engine).toBe('openmixup');
    expect(plan.runs.map(({ selected }) => selected)).toEqual([true, false]);
    expect(JSON.parse(workspace.read('j'))).toMatchObject({
      leftOut: [
        { experiment: 'in', reasons: ['no method comixup'] },
        { experiment: 'halved' },
        { experiment: 'halved' },
        { experiment: 'none' },
        { experiment: 'none' },
      ],
    });

    const nothing = await workspace.mixlab(
      'configs',
      '--experiment=none',
      '--engine=openmixup',
      '--out=checkout',
    );
    expect(nothing.exitCode).toBe(2);
    expect(nothing.stderr).toContain('openmixup can take no run of none: no method grafting');

    const wrong = await workspace.mixlab('configs', '--engine=openmixup');
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain('--out: configs for OpenMixup are written into a checkout of it');
    const idle = await workspace.mixlab('configs', '--strict-openmixup');
    expect(idle.stderr).toContain('--strict-openmixup: only for --engine=openmixup');
  } finally {
    workspace.remove();
  }
});

it('what was trained in a checkout of OpenMixup is shown, compared, drawn, recorded and summarized', async () => {
  const workspace = makeWorkspace({
    'configs/in.config.ts': authored
      .replace('maxEpochs: 100', 'maxEpochs: 3')
      .replace('mix.comixup()', 'mix.cutmix()')
      .replace('gpusPerRun: 4', 'gpusPerRun: 1'),
    'checkout/behaviour.json': '{}',
  });
  const { home } = workspace;
  const checkout = join(home, 'checkout');
  const mixlab = (...argv: string[]) => inProcess(home, ...argv, '--out=checkout');
  const done = { exitCode: 0, stderr: '' };
  try {
    cpSync(join(import.meta.dirname, '../../../libs/engines/tests/fixtures/openmixup'), checkout, {
      recursive: true,
    });
    expect(await mixlab('configs', '--engine=openmixup')).toMatchObject({ exitCode: 0 });
    await execa('bash', [join(checkout, 'in/launch/local.sh'), '--gpus', '0,1'], {
      env: { MIXLAB_PYTHON: 'python3', MIXLAB_GPU_CLAIMS: join(home, 'claims') },
    });
    const [, run = ''] = /(resnet18-mixup\S+)/.exec((await mixlab('status')).stdout) ?? [];
    expect((await mixlab('status')).stdout).toMatch(/2 completed[^]*3\/3 +top1 64.68/);
    expect(await mixlab('logs', run)).toMatchObject({ ...done, stdout: 'trained to epoch 3\n' });
    expect((await mixlab('table', '--reducer=best')).stdout).toContain('| cutmix | 64.68 |');
    expect((await mixlab('table', '--reducer=median:2', '--metric=top5')).stdout).toContain(
      '| mixup | 80.00 |',
    );
    expect((await mixlab('compare', '--with=in', '--reducer=last')).stdout).toContain(
      '| mixup | top1 | 64.68 (n=1) | 64.68 (n=1) |',
    );
    expect((await mixlab('plot', '--format=svg')).stdout).toContain('plots/in/curves.svg');
    const recorded = await mixlab('record', 'in', '--to=records', '--name=x');
    expect(recorded).toMatchObject(done);
    expect(workspace.read(join(recorded.stdout.trim(), 'README.md'))).toContain(
      'again: `npx mixlab configs --engine=openmixup --experiment=in --out=checkout`, then',
    );
    expect(await mixlab('budget')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'mixlab budget: in: how long openmixup takes is not known: only the library mixlab tells it\n',
    });
    const like = '--like=find_val_max_3times_average';
    const summary = await inProcess(home, 'summarize', like, 'checkout/work_dirs/in', 'head0_top1');
    expect(summary.stdout).toContain(`${run}\n3 times average --- head0_top1=64.67 (0.00), \n`);
  } finally {
    workspace.remove();
  }
});
