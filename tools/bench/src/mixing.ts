import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { type Figure, round } from './figure.ts';
import type { Workbench } from './workbench.ts';

interface MixingRow {
  readonly method: string;
  readonly shape: readonly number[];
  readonly against: string;
  readonly ours_ms: number;
  readonly peer_ms: number;
  readonly ratio: number;
  readonly limit: number | null;
  readonly pairs: number;
}

/** Mixing a batch on the CPU, beside one `torch.lerp`, timm and torchvision: the training library's own benchmark. */
export async function measureMixing({ root, python, scratch }: Workbench): Promise<Figure[]> {
  const json = join(scratch, 'mixing.json');
  await execa(python, ['benchmarks/mixing.py', '--json', json], {
    cwd: join(root, 'libs/training'),
    stdout: 'ignore',
  });
  const { rows } = JSON.parse(readFileSync(json, 'utf8')) as { rows: readonly MixingRow[] };
  return rows.flatMap((row) =>
    row.limit === null
      ? []
      : [
          {
            name: `${row.method} of ${row.shape.join('×')}`,
            ratio: `time over that of ${row.against}`,
            value: round(row.ratio),
            limit: row.limit,
            n: row.pairs,
            medians: { 'ours (ms)': round(row.ours_ms), [`${row.against} (ms)`]: round(row.peer_ms) },
          },
        ],
  );
}
