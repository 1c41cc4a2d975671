import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Figure } from './figure.ts';
import { figureTable } from './page.ts';

/** Writes the figures of one run, with what they depend on, into a folder of docs/results. */
export async function recordFigures(
  folder: string,
  figures: readonly Figure[],
  python: string,
): Promise<void> {
  const versions = ['torch', 'torchvision', 'timm'];
  const code = `import json, sys, importlib.metadata as m; print(json.dumps({'python': sys.version.split()[0], **{p: m.version(p) for p in ${JSON.stringify(versions)}}}))`;
  const { stdout } = await execa(python, ['-c', code]);
  const environment = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    gpu: 'none',
    node: process.versions.node,
    ...(JSON.parse(stdout) as Record<string, string>),
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'figures.json'),
    `${JSON.stringify({ command: 'npm run bench', environment, figures }, null, 2)}\n`,
  );
  writeFileSync(join(folder, 'README.md'), markdown(environment, figures));
}

function markdown(environment: Readonly<Record<string, unknown>>, figures: readonly Figure[]): string {
  const machine = Object.entries(environment).map(([key, value]) => `${key} ${String(value)}`);
  return [
    '# Benchmarks',
    '',
    '`npm run bench`. Every figure is a ratio or a difference of what was timed in turns in one run; the medians are over n.',
    '',
    machine.join(', '),
    '',
    figureTable(figures),
    '',
  ].join('\n');
}
