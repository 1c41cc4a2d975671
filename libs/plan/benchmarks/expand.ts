/**
 * What planning costs: expanding, checking, hashing and naming every run, and the text of `plan.json`.
 *
 *   npx tsx libs/plan/benchmarks/expand.ts [runs]
 *
 * Prints microseconds a run and the peak memory of the process. The configs are 6 kB each as JSON with indent 2.
 */
import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { planExperiment, planFilePieces } from '@mixlab/plan';

const runs = Number(process.argv[2] ?? 10_000);
const rates = Array.from({ length: Math.ceil(runs / 40) }, (_, index) => 0.01 + index * 1e-5);
const methods = Array.from({ length: 20 }, (_, index) => {
  return [
    index % 2 === 0 ? mix.mixup({ alpha: 0.1 + index / 10 }) : mix.cutmix({ alpha: index / 10 }),
    0.05,
  ] as const;
});

const experiment = defineExperiment({
  name: 'benchmark/expand',
  recipe: recipes.pytorch,
  backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101'),
  'optimizer.lr': vary(...rates),
  maxEpochs: vary(10, 20, 30, 40, 50),
  'loss.labelSmoothing': vary(0, 0.1),
  mixMode: mix.oneOf([...methods]),
}).when({ backbone: 'resnet101' }, { 'optimizer.weightDecay': 5e-4 });

const source = { file: 'configs/benchmark.config.ts', sha256: '0'.repeat(64) };
const start = performance.now();
const plan = planExperiment(experiment, { source });
const planned = performance.now();
let characters = 0;
for (const piece of planFilePieces(plan)) characters += piece.length;
const written = performance.now();

const perRun = (from: number, to: number): string => (((to - from) * 1000) / plan.size).toFixed(1);
const peak = Math.round(process.resourceUsage().maxRSS / 1024);
const configSize = JSON.stringify(plan.run(0).config, null, 2).length;
console.log(
  `${plan.size} runs of ${configSize} bytes: plan ${perRun(start, planned)} µs a run, ` +
    `plan.json ${perRun(planned, written)} µs a run (${Math.round(characters / 1024)} kB), peak ${peak} MB`,
);
