import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import { withPage } from './page.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 5;
const RATES = 2500;

const PAGE = {
  file: 'openmixup',
  group: 'openmixup',
  title: "OpenMixup: what writing a sweep's configs costs",
  notes: `The process is \`mixlab configs\` of an imported sweep script, with the scripts and the plan, nothing written before. Beside
it, in turns, Python writes the same configs with \`json.dump(indent=4)\`. Both write to a memory file system where there
is one.`,
};

/** A base config of about 6 kB in OpenMixup's dialect: most of it is the pipelines of its data. */
const base = `data_source = dict(type='Flowers', root='data/flowers/', list='data/flowers/meta/train_labeled.txt')
augment = [dict(type='Augment', name='Posterize', magnitude=step / 4, probability=0.5) for step in range(7)]
normalize = dict(type='Normalize', mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225])
pipeline = [dict(type='RandomResizedCrop', size=224), dict(type='RandomHorizontalFlip'), *augment, normalize]
model = dict(
    type='Mixer', alpha=1.0, mix_mode='mixup',
    backbone=dict(type='ResNet', depth=18, out_indices=(3,), style='pytorch'),
    head=dict(type='Head', loss=dict(type='Loss', use_soft=False, weight=1.0), in_channels=512, num_classes=102))
data = dict(imgs_per_gpu=64, workers_per_gpu=4, train=dict(type='Set', source=data_source, pipeline=pipeline))
optimizer = dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4)
lr_config = dict(policy='CosineAnnealing', min_lr=0.)
runner = dict(type='EpochBasedRunner', max_epochs=100)
`;

const script = `from openmixup.utils import ConfigGenerator

model_var = {'model.mix_mode': ['mixup', 'cutmix']}
gm_var = {'optimizer.lr': [step / 10000 for step in range(1, ${RATES + 1})], 'runner.max_epochs': [100, 300]}
ConfigGenerator('configs/flowers/r18_mix.py', 4).generate(model_var, gm_var, {'max_epochs': 'ep'})
`;

/**
 * A sweep script of OpenMixup with 10,000 points, imported, and then \`mixlab configs\` as a whole process, beside a loop
 * in Python that only writes the same configs.
 */
export function measureOpenMixup(workbench: Workbench): Promise<Figure[]> {
  return withPage(workbench.root, PAGE, () => measure(workbench));
}

async function measure({ root, python, scratch }: Workbench): Promise<Figure[]> {
  const [home, checkout] = [join(scratch, 'home'), join(scratch, 'checkout')];
  mkdirSync(join(home, 'configs'), { recursive: true });
  mkdirSync(join(checkout, 'configs/flowers'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(home, 'node_modules'));
  writeFileSync(join(checkout, 'configs/flowers/r18_mix.py'), base);
  writeFileSync(join(checkout, 'configs/flowers/auto_train.py'), script);
  const mixlab = (...args: string[]) =>
    execa(process.execPath, [join(root, 'apps/cli/bin/mixlab.mjs'), ...args], {
      cwd: home,
      stdout: 'ignore',
    });
  await mixlab('import', join(checkout, 'configs/flowers/auto_train.py'));
  const [ours, theirs] = [join(scratch, 'ours'), join(scratch, 'theirs')];
  const times = { ours: [] as number[], python: [] as number[] };
  // The first time, the experiment is type-checked and compiled.
  for (let round = -1; round < ROUNDS; round++) {
    const start = performance.now();
    await mixlab('configs', '--out', ours);
    const seconds = (performance.now() - start) / 1000;
    const loop = join(import.meta.dirname, 'python_loop.py');
    const { stdout } = await execa(python, [loop, ours, theirs]);
    const { seconds: loopSeconds, files } = JSON.parse(stdout) as { seconds: number; files: number };
    if (files !== 4 * RATES) throw new Error(`${files} configs were written, not ${4 * RATES}`);
    if (round >= 0) {
      times.ours.push(seconds);
      times.python.push(loopSeconds);
    }
    for (const folder of [ours, theirs]) rmSync(folder, { recursive: true });
  }
  return [
    {
      name: 'mixlab configs of 10,000 runs of OpenMixup, from an imported script',
      ratio: 'time of the whole process over that of a Python loop of json.dump(indent=4)',
      value: round(median(times.ours.map((value, index) => value / (times.python[index] ?? Number.NaN)))),
      limit: 0.6,
      n: ROUNDS,
      medians: {
        'ours (s)': round(median(times.ours)),
        'Python loop (s)': round(median(times.python)),
      },
    },
  ];
}
