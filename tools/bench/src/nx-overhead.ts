import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, median, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

const ROUNDS = 7;

/** Time of `nx run generator:configs --mix-mode=cutmix` beyond an empty Nx target, in the same rounds. */
export async function measureNxOverhead({ root, scratch }: Workbench): Promise<Figure[]> {
  const out = join(scratch, 'nx');
  mkdirSync(out, { recursive: true });
  const touched = join(root, 'configs/quickstart/digits.config.ts');
  const text = readFileSync(touched, 'utf8');
  const configs = ['run', 'generator:configs', '--mix-mode=cutmix', `--out=${join(out, 'generated')}`];
  const seconds = { empty: [] as number[], unchanged: [] as number[], changed: [] as number[] };
  try {
    await nx(root, configs);
    for (let i = 0; i < ROUNDS; i++) {
      seconds.empty.push(await nx(root, ['run', 'bench:empty']));
      seconds.unchanged.push(await nx(root, configs));
      writeFileSync(touched, `${text}// round ${i}\n`);
      seconds.changed.push(await nx(root, configs));
    }
  } finally {
    writeFileSync(touched, text);
  }
  const beyond = (key: 'unchanged' | 'changed') =>
    median(seconds[key].map((value, i) => value - (seconds.empty[i] ?? 0)));
  const medians = Object.fromEntries(
    Object.entries(seconds).map(([key, values]) => [`${key} (s)`, round(median(values))]),
  );
  const figure = (name: string, key: 'unchanged' | 'changed', limit: number): Figure => ({
    name,
    ratio: 'seconds beyond an empty Nx target',
    value: round(beyond(key)),
    limit,
    n: ROUNDS,
    medians,
  });
  return [
    figure('nx run generator:configs, a config file changed', 'changed', 2.5),
    figure('nx run generator:configs, nothing changed', 'unchanged', 1),
  ];
}

async function nx(root: string, args: string[]): Promise<number> {
  const start = performance.now();
  await execa('npx', ['nx', ...args], { cwd: root, env: { NX_TUI: 'false' } });
  return (performance.now() - start) / 1000;
}
