import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
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
        in    1 run  no method comixup
        none  1 run  no method grafting
        none  1 run  no method comixup

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
