import { defineExperiment, mix, recipes, vary } from '@mixlab/dsl';
import { mixlabEngine } from '@mixlab/engines';
import { experimentFiles } from '@mixlab/generator';
import { planExperiment } from '@mixlab/plan';
import { writeGenerated } from '@mixlab/writer';

/**
 * `tsx generate.ts RUNS OUT`: expands, validates, hashes and writes so many runs of about 6 kB each, as `mixlab configs`
 * does; prints seconds, of the clock and of the processor, and the peak memory of the process.
 */
const [runs = '', out = ''] = process.argv.slice(2);

// A mixture of so many methods brings a config to about 6 kB.
const METHODS = 26;
const methods = Array.from({ length: METHODS }, (_, index) => {
  const alpha = 0.1 + index / 10;
  return [index % 2 === 0 ? mix.mixup({ alpha }) : mix.cutmix({ alpha }), 1 / METHODS] as const;
});
const rates = Array.from({ length: Math.ceil(Number(runs) / 40) }, (_, index) => 0.01 + index * 1e-5);
const experiment = defineExperiment({
  name: 'benchmark',
  recipe: recipes.pytorch,
  backbone: vary('resnet18', 'resnet34', 'resnet50', 'resnet101'),
  maxEpochs: vary(10, 20, 30, 40, 50),
  'optimizer.lr': vary(...rates),
  'loss.labelSmoothing': vary(0, 0.1),
  mixMode: mix.oneOf([...methods]),
}).when({ backbone: 'resnet101' }, { 'optimizer.weightDecay': 5e-4 });

const start = performance.now();
const cpuBefore = process.cpuUsage();
const plan = planExperiment(experiment, { source: { file: 'benchmark.config.ts', sha256: '0'.repeat(64) } });
const [summary] = await writeGenerated(experimentFiles([{ plan, engine: mixlabEngine, leftOut: [] }]), {
  out,
});
const seconds = (performance.now() - start) / 1000;
const cpu = process.cpuUsage(cpuBefore);

const cpuSeconds = (cpu.user + cpu.system) / 1e6;
const configBytes = JSON.stringify(plan.run(0).config, null, 2).length;
const peakMiB = process.resourceUsage().maxRSS / 1024;
console.log(
  JSON.stringify({ seconds, cpuSeconds, peakMiB, runs: plan.size, files: summary?.written, configBytes }),
);
