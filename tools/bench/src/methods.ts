import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

interface MethodFigure {
  readonly method: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly work: 'mixing' | 'step';
  readonly on: 'cpu' | 'cuda';
  readonly shape: readonly number[];
  readonly against: string;
  readonly ours_ms: number;
  readonly other_ms: number;
  readonly ratio: number;
  readonly bar: number | null;
  readonly n: number;
}

/** Every method's mixing and training step, beside its peers: the training library's own benchmark, and its page. */
export async function measureMethods({ root, python, scratch }: Workbench): Promise<Figure[]> {
  const json = join(scratch, 'methods.json');
  const page = join(root, 'docs/results/methods.md');
  await execa(python, ['benchmarks/methods.py', '--json', json, '--page', page], {
    cwd: join(root, 'libs/training'),
    stdout: 'ignore',
    stderr: 'inherit',
  });
  const { figures } = JSON.parse(readFileSync(json, 'utf8')) as { figures: readonly MethodFigure[] };
  return figures.flatMap((figure) => (figure.bar === null ? [] : [withBar(figure, figure.bar)]));
}

function withBar(figure: MethodFigure, bar: number): Figure {
  const settings = Object.keys(figure.settings).length > 0 ? ` ${JSON.stringify(figure.settings)}` : '';
  const work = figure.work === 'step' ? 'a step with ' : '';
  return {
    name: `${work}${figure.method}${settings}, ${figure.shape.join('×')} on ${figure.on}`,
    ratio: `time over that of ${figure.against}`,
    value: round(figure.ratio),
    limit: bar,
    n: figure.n,
    medians: { 'ours (ms)': round(figure.ours_ms), [`${figure.against} (ms)`]: round(figure.other_ms) },
  };
}
