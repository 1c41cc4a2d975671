import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { Lab, planOf, temporaryFolder } from './lab.ts';

const JOBS = 1000;
const seed = Number(process.env['MIXLAB_STORM_SEED'] ?? Math.floor(Math.random() * 1e6));

it(`a thousand short jobs of which 2 % fail at random (seed ${seed}): all are completed, and counted right`, async () => {
  const lab = new Lab(planOf('e', [...Array(JOBS).keys()].map(String)));
  const notes = temporaryFolder();
  const noted = (how: string): string[] => {
    const file = join(notes, how);
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  };
  const python = fileURLToPath(new URL('fixtures/quick-python', import.meta.url));
  const env = { MIXLAB_PYTHON: python, NOTES: notes, SEED: String(seed) };
  const { code, output } = await lab.run(['-j', '4', '--retries', '10', '--retry-delay', '0'], { env });
  expect(code, output.slice(-2000)).toBe(0);
  expect(output).toContain(`${JOBS} completed, 0 skipped, 0 failed  (TOOK)`);
  expect(new Set(noted('completed')).size).toBe(JOBS);
  expect(noted('completed')).toHaveLength(JOBS);
  // Each failure was said, and was one retry.
  expect(noted('failed').length).toBeGreaterThan(0);
  expect(output.match(/^\[TIME\] FAILED/gm)).toHaveLength(noted('failed').length);
  expect(output.match(/^\[TIME\] again {2}.* retry \d+ of 10 in 0 s$/gm)).toHaveLength(
    noted('failed').length,
  );
  expect(output.match(/^\[TIME\] start/gm)).toHaveLength(JOBS + noted('failed').length);
  // And the next start has nothing to do.
  expect((await lab.run([], { env })).output).toContain(`0 completed, ${JOBS} skipped, 0 failed`);
});
