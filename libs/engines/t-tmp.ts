import { readFileSync } from 'node:fs';
import { planExperiment, planFilePieces } from '@mixlab/plan';
import * as dsl from '@mixlab/dsl';
import { mixlabEngine, plannedPaths, readTemplates, renderFiles } from './src/index.ts';
const { defineExperiment, vary, mix, recipes, medianOfLast, together } = dsl as any;
const N = Number(process.argv[2]);
const e = defineExperiment({
  name: 'bench/x',
  recipe: recipes.pytorch,
  backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101', 'resnext101_32x4d'),
  maxEpochs: vary(100, 300),
  mixMode: vary(
    mix.vanilla(),
    mix.mixup({ alpha: 0.2 }),
    mix.cutmix({ alpha: 1 }),
    mix.cutmix({ alpha: 0.5 }),
  ),
  optimizer: { lr: vary(...Array.from({ length: N / 40 }, (_, i) => 0.01 + i * 0.0001)) },
  trials: 1,
  report: medianOfLast(5),
  launch: { gpusPerRun: 4 },
});
let t = performance.now();
const lap = (n: string) => {
  const now = performance.now();
  console.log(
    n,
    (((now - t) / N) * 1000).toFixed(1),
    'us/run',
    Math.round(process.resourceUsage().maxRSS / 1024) + 'MB',
  );
  t = performance.now();
};
const plan = planExperiment(e as any, { source: { file: 'configs/x.config.ts', sha256: '0'.repeat(64) } });
lap('plan');
for (const r of plan.runs()) void r.name;
lap('runs()');
const templates = readTemplates((u) => readFileSync(u, 'utf8'));
const p = {
  experiment: plan.experiment,
  source: plan.source,
  launch: plan.launch,
  runs: () => plan.runs() as any,
  planFile: () => planFilePieces(plan as any),
};
let bytes = 0;
for (const f of renderFiles(p, mixlabEngine, templates)) {
  if (typeof f.text === 'string') bytes += f.text.length;
  else {
    for (const x of f.text) bytes += x.length;
    lap(f.path);
  }
  if (f.path === 'launch/scheduler.sh') lap('configs');
}
console.log('bytes/run', bytes / N);
