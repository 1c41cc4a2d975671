import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab } from '../src/lab.ts';

const root = join(import.meta.dirname, '../../..');
const page = readFileSync(join(root, 'docs/search.md'), 'utf8');
/** The experiment that the page shows. */
const EXAMPLE = /```ts\n(\/\/ configs\/search\/halved\.config\.ts\n.*?)```/s.exec(page)?.[1] ?? '';

it('the halved search of docs/search.md: check, budget, run, status and table', async () => {
  const lab = new Lab(
    { 'search/halved.config.ts': EXAMPLE },
    {
      // A trainer that needs no PyTorch, under the real supervisor.
      MIXLAB_PYTHON: join(root, 'tools/e2e/fixtures/light/python'),
      LIGHT_PYTHON: join(root, '.venv/bin/python'),
    },
  );
  const made = await lab.mixlab('configs', '--dry-run');
  expect(made.exitCode, made.all).toBe(0);
  expect(made.stdout).toContain('halving by top1: 8 to epoch 2, 2 to epoch 8, 1 to epoch 20');
  expect((await lab.mixlab('configs')).exitCode).toBe(0);

  const run = await lab.mixlab('run', '--plain', '--jobs=2');
  expect(run.exitCode, run.all).toBe(0);
  expect(
    run.stdout
      .split('\n')
      .filter((line) => line.includes('rung'))
      .map(withoutClock),
  ).toEqual([
    'rung 1 of 3: 8 of 8 runs to epoch 2, then the best 2 go on',
    'rung 2 of 3: 2 of 8 runs to epoch 8, then the best 1 go on',
    'rung 3 of 3: 1 of 8 runs to epoch 20',
    expect.stringContaining('1 completed, 0 skipped, 0 failed, 10 paused after a rung'),
  ]);

  const status = await lab.mixlab('status');
  expect(status.stdout).toContain('search/halved: 8 trials, 7 paused, 1 completed\n');
  expect(status.stdout).toContain('halving by top1: 8 to epoch 2, 2 to epoch 8, now 1 to epoch 20\n');
  expect(status.stdout.match(/left out after epoch 2$/gm)).toHaveLength(6);
  expect(status.stdout.match(/left out after epoch 8$/gm)).toHaveLength(1);
  const table = await lab.mixlab('table');
  expect(table.exitCode, table.all).toBe(0);
  expect(table.stdout.match(/left out after epoch 2/g)).toHaveLength(6);
  expect(table.stdout).toContain('7 of 8 trials left out by the halving');
  const record = await lab.mixlab('record', 'search/halved');
  expect(record.exitCode, record.all).toBe(0);
  expect((await lab.mixlab('budget')).stdout).toContain('search/halved: nothing is left');
});

function withoutClock(line: string): string {
  return line.replace(/^\[[^\]]*\] /, '');
}
