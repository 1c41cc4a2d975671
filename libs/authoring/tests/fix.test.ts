import { fixConfigs } from '@mixlab/authoring';
import { formatIssue } from '@mixlab/contracts';
import type { Migration } from '@mixlab/contracts';
import { expect, it } from 'vitest';
import { authoredWorkspace, writeIn } from './authored-workspace.ts';

/** Versions that there are not: fields that move or are called otherwise, and other defaults. */
const migrations: readonly Migration[] = [
  {
    version: 2,
    changes: [
      { kind: 'renamed', path: 'inputs.erase', to: 'inputs.erasing' },
      { kind: 'renamed', path: 'testBatchSize', to: 'runtime.testBatchSize' },
      { kind: 'renamed', method: 'cutmix', path: 'alpha', to: 'beta' },
      { kind: 'renamed', method: 'puzzlemix', path: 'tSize', to: 'transportSize' },
    ],
  },
  {
    version: 3,
    changes: [
      { kind: 'renamed', path: 'inputs.erasing', to: 'inputs.eraseShare' },
      { kind: 'default', path: 'optimizer.nesterov', before: false },
      { kind: 'default', path: 'precision', before: 'fp32' },
      { kind: 'default', method: 'fmix', path: 'decay', before: 3 },
    ],
  },
];

const HEAD =
  "import { defineExperiment, mix, recipes, sample, together, uniform, vary } from '@mixlab/dsl';\n";

const texts = {
  'configs/shared.ts': `export const augmentation = { erase: 0.25, eraseCount: 2 } as const; // of all
export const ERASE = 'inputs.erase';
`,
  'configs/a.config.ts': `${HEAD}import { augmentation, ERASE } from './shared.ts';

const erase = 0.5;
const tSize = vary(2, 4);
const cutting = mix.cutmix({ alpha: 1 }); // kept

export default defineExperiment({
  name: 'a',
  recipe: recipes.tinyImagenet,
  backbone: 'resnet18',
  inputs: { ...augmentation, /* how often */ erase },
  testBatchSize: 8,
  precision: 'bf16',
  'optimizer.nesterov': true,
  mixMode: vary(
    mix.oneOf([[cutting, 0.5], [mix.fmix({ alpha: 1 }), 0.5]]),
    mix.puzzlemix({ tSize, alpha: 1 }),
    mix.fmix(),
  ),
})
  .when({ mixMode: ['puzzlemix'], 'mixMode.tSize': 2 }, { [ERASE]: 0.1, mixMode: { tSize: 4 } })
  .when({ mixMode: 'cutmix' }, { 'mixMode.alpha': 0.2, "inputs.erase": 0.3 })
  .when({ mixMode: 'mixup' }, { 'mixMode.alpha': 0.2 })
  .exclude({ 'inputs.erase': 0.25 });
`,
  'configs/b.config.ts': `${HEAD}
export default defineExperiment({
  name: 'b',
  recipe: recipes.cifar,
  backbone: 'resnet18',
  ...together({ maxEpochs: 1, 'inputs.erase': 0.1 }, { maxEpochs: 2, 'inputs.erase': 0.2 }),
  ...sample(3, { 'inputs.erase': uniform(0, 1) }),
  optimizer: { lr: 0.1 },
  mixMode: mix.mixup({ alpha: 1 }),
});
`,
  'configs/c.config.ts': `${HEAD}
const settings = JSON.parse('{}');
export default defineExperiment({
  name: 'c',
  backbone: 'resnet18',
  optimizer: settings,
  mixMode: mix.fmix(settings),
}).when({ maxEpochs: 1 }, { 'mixMode.alpha': 0.2 });
`,
};

it('names of today and the former defaults are written, and what is to be done by hand is said, once', async () => {
  const home = authoredWorkspace(texts);
  const files = ['configs/a.config.ts', 'configs/b.config.ts', 'configs/c.config.ts'];
  const fixed = await fixConfigs({ home, files, since: 1, migrations });
  expect(Object.fromEntries(fixed.files.map(({ file, after }) => [file, after]))).toMatchSnapshot();
  expect(fixed.issues.map(formatIssue)).toMatchSnapshot();
  for (const { file, after } of fixed.files) writeIn(home, file, after);
  expect((await fixConfigs({ home, files, since: 1, migrations })).files).toEqual([]);
});
