import { expect, it } from 'vitest';
import { loadExperiments } from '../src/index.ts';
import { authoredWorkspace } from './authored-workspace.ts';
import { issueLines } from './issue-lines.ts';

/** What an author may get wrong; each lands in a file of its own, and all are checked at once. */
const mistakes: Record<string, string> = {
  'unknown-path': experiment(`'optimizer.lrr': 0.1,`),
  // The compiler names the first of them.
  'several-unknown-fields': experiment(
    'maxEpoch: 3, batchSizes: 8, optimizer: { lrr: 1, momentm: 0 },',
    {},
    `.exclude({ backbon: 'resnet18', maxEpochs: 3 })`,
  ),
  'field-twice': experiment(`batchSize: 8,\n  batchSize: 'many',`),
  'field-twice-by-a-spread': experiment('batchSize: 8, ...together({ batchSize: 4 }, { batchSize: 2 }),'),
  'nothing-varies': experiment('maxEpochs: vary(),'),
  'list-too-short': experiment(`'optimizer.betas': [0.9],`),
  'list-too-long': experiment('optimizer: { betas: [0.9, 0.9, 0.9] },'),
  'unknown-field': experiment(`maxEpoch: 100,`),
  'unknown-nested-field': experiment(`optimizer: { name: 'sgd', lrr: 0.1 },`),
  'text-for-a-number': experiment(`maxEpochs: '100',`),
  'text-among-numbers': experiment(`'optimizer.lr': vary(0.1, '0.2'),`),
  'unknown-method': experiment('', { mixMode: 'vary(mix.cutmxi({ alpha: 1 }), mix.mixup())' }),
  'unknown-parameter': experiment('', { mixMode: 'vary(mix.mixup(), mix.cutmix({ alhpa: 1 }))' }),
  'text-for-alpha': experiment('', { mixMode: `mix.cutmix({ alpha: '1' })` }),
  'name-for-a-method': experiment('', { mixMode: `'cutmix'` }),
  'unknown-backbone': experiment('', { backbone: `'resnet5O'` }),
  'unknown-backbone-among-others': experiment('', { backbone: `vary('resnet18', 'resnet5O')` }),
  'unknown-recipe': experiment('', { recipe: 'recipes.cfiar' }),
  'unknown-dataset': experiment('dataset: datasets.cifar1O,'),
  'incomplete-dataset': experiment(`dataset: imageFolder({ name: 'birds' }),`),
  'unknown-reducer': experiment('report: medianOfLst(5),'),
  'varied-seed': experiment('seed: vary(1, 2),'),
  'unknown-launch-field': experiment('launch: { gpuPerRun: 1 },'),
  'no-name': experiment('').replace(/name: '.*?',/, ''),
  'unknown-axis': experiment('', {}, `.exclude({ backbon: 'resnet18' })`),
  'axis-that-does-not-vary': experiment('', {}, `.exclude({ maxEpochs: 100 })`),
  'unmatched-value': experiment('', {}, `.when({ backbone: 'resnet19' }, { 'optimizer.lr': 0.1 })`),
  'unknown-path-in-when': experiment('', {}, `.when({ backbone: 'resnet18' }, { 'optimizer.ler': 0.1 })`),
  'parameter-of-another-method': experiment(
    '',
    {},
    `.when({ mixMode: 'vanilla' }, { mixMode: { alpha: 0.1 } })`,
  ),
  'unknown-step': experiment('', {}, `.whn({ backbone: 'resnet18' }, {})`),
  'unknown-import': `import { mixx } from '@mixlab/dsl';\nexport default mixx;\n`,
  'unknown-module': `import { alphas } from './alphas.ts';\nexport default alphas;\n`,
  environment: experiment(`maxEpochs: Number(process.env['EPOCHS']),`),
  'half-a-line': `import { defineExperiment } from '@mixlab/dsl';\nexport default defineExperiment({ name: 'x'\n`,
};

it('says what is wrong where, in words, with the nearest right name', async () => {
  const files = Object.entries(mistakes).map(([name, text]) => [`configs/${name}.config.ts`, text]);
  const loaded = await loadExperiments({ home: authoredWorkspace(Object.fromEntries(files)) });
  expect(loaded.experiments).toEqual([]);
  expect(issueLines(loaded).sort().join('\n')).toMatchInlineSnapshot(`
    "configs/axis-that-does-not-vary.config.ts:7:14: maxEpochs: "maxEpochs" is no axis here (expected one of backbone, mixMode.alpha, mixMode)
    configs/environment.config.ts:6:21: maxEpochs: "process" is not defined here
    configs/field-twice-by-a-spread.config.ts:6:3: "batchSize" is set twice in this object: write it in one place
    configs/field-twice.config.ts:7:3: batchSize: "batchSize" is set twice in this object: write it in one place
    configs/field-twice.config.ts:7:3: batchSize: this value does not fit here (expected number, got 'many')
    configs/half-a-line.config.ts:3:1: '}' expected.
    configs/incomplete-dataset.config.ts:6:24: dataset: a value is missing for classes, size
    configs/list-too-long.config.ts:6:34: optimizer.betas[2]: this value is one too many (got 0.9)
    configs/list-too-short.config.ts:6:3: optimizer.betas: this value does not fit here (expected 2 values, got [0.9])
    configs/name-for-a-method.config.ts:5:3: mixMode: this value does not fit here (got 'cutmix'; did you mean mix.cutmix(…)?)
    configs/no-name.config.ts:2:33: name: a value is missing
    configs/nothing-varies.config.ts:6:3: maxEpochs: vary needs at least one value
    configs/parameter-of-another-method.config.ts:7:46: mixMode.alpha: "alpha" is not a parameter of every method that matches
    configs/several-unknown-fields.config.ts:6:16: batchSizes: unknown field "batchSizes" (did you mean batchSize?)
    configs/several-unknown-fields.config.ts:6:3: maxEpoch: unknown field "maxEpoch" (did you mean maxEpochs?)
    configs/several-unknown-fields.config.ts:6:44: optimizer.lrr: unknown field "lrr" (did you mean lr?)
    configs/several-unknown-fields.config.ts:6:52: optimizer.momentm: unknown field "momentm" (did you mean momentum?)
    configs/several-unknown-fields.config.ts:7:14: backbon: "backbon" is no axis here (did you mean backbone?)
    configs/several-unknown-fields.config.ts:7:35: maxEpochs: "maxEpochs" is no axis here (expected one of backbone, mixMode.alpha, mixMode)
    configs/text-among-numbers.config.ts:6:29: optimizer.lr[1]: this value does not fit here (expected number, got '0.2')
    configs/text-for-a-number.config.ts:6:3: maxEpochs: this value does not fit here (expected number, got '100')
    configs/text-for-alpha.config.ts:5:25: mixMode.alpha: this value does not fit here (expected number, got '1')
    configs/unknown-axis.config.ts:7:14: backbon: "backbon" is no axis here (did you mean backbone?)
    configs/unknown-backbone-among-others.config.ts:4:30: backbone[1]: this value does not fit here (got 'resnet5O'; did you mean resnet50?)
    configs/unknown-backbone.config.ts:4:3: backbone: this value does not fit here (got 'resnet5O'; did you mean resnet50?)
    configs/unknown-dataset.config.ts:6:21: dataset: datasets has no "cifar1O" (did you mean cifar10?)
    configs/unknown-field.config.ts:6:3: maxEpoch: unknown field "maxEpoch" (did you mean maxEpochs?)
    configs/unknown-import.config.ts:1:10: "mixx" is not exported there (did you mean mix?)
    configs/unknown-launch-field.config.ts:6:13: launch.gpuPerRun: unknown field "gpuPerRun" (did you mean gpusPerRun?)
    configs/unknown-method.config.ts:5:21: mixMode[0]: mix has no "cutmxi" (did you mean cutmix?)
    configs/unknown-module.config.ts:1:24: no module "./alphas.ts"
    configs/unknown-nested-field.config.ts:6:29: optimizer.lrr: unknown field "lrr" (did you mean lr?)
    configs/unknown-parameter.config.ts:5:43: mixMode[1].alhpa: unknown field "alhpa" (did you mean alpha?)
    configs/unknown-path-in-when.config.ts:7:37: optimizer.ler: unknown field "optimizer.ler" (did you mean optimizer.lr?)
    configs/unknown-path.config.ts:6:3: optimizer.lrr: unknown field "optimizer.lrr" (did you mean optimizer.lr?)
    configs/unknown-recipe.config.ts:3:36: recipe: recipes has no "cfiar" (did you mean cifar?)
    configs/unknown-reducer.config.ts:6:11: report: "medianOfLst" is not defined here (did you mean medianOfLast?)
    configs/unknown-step.config.ts:7:4: Experiment has no "whn" (did you mean when?)
    configs/unmatched-value.config.ts:7:11: backbone: this value does not fit here (expected one of resnet18, resnet50, got 'resnet19'; did you mean resnet18?)
    configs/varied-seed.config.ts:6:3: seed: use trials for more seeds (got vary(1, 2))"
  `);
});

function experiment(field: string, fields: Record<string, string> = {}, steps = ''): string {
  const { recipe, backbone, mixMode } = {
    recipe: 'recipes.cifar',
    backbone: `vary('resnet18', 'resnet50')`,
    mixMode: 'vary(mix.vanilla(), mix.cutmix({ alpha: 1 }))',
    ...fields,
  };
  return `import { datasets, defineExperiment, imageFolder, medianOfLast, mix, recipes, together, vary } from '@mixlab/dsl';
export default defineExperiment({
  name: 'mistake', recipe: ${recipe},
  backbone: ${backbone},
  mixMode: ${mixMode},
  ${field}
})${steps};
`;
}
