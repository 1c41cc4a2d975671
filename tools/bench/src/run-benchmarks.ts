import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureCheck } from './check.ts';
import { measureDashboard } from './dashboard.ts';
import { measureData } from './data.ts';
import type { Figure } from './figure.ts';
import { measureGeneration } from './generation.ts';
import { measureLaunch } from './launch.ts';
import { measureMethods } from './methods.ts';
import { measureNxOverhead } from './nx-overhead.ts';
import { measureOpenMixup } from './openmixup.ts';
import { recordFigures } from './record.ts';
import { measureResults } from './results.ts';
import { measureTraining } from './training.ts';

const GROUPS = {
  check: measureCheck,
  generation: measureGeneration,
  openmixup: measureOpenMixup,
  nx: measureNxOverhead,
  methods: measureMethods,
  training: measureTraining,
  data: measureData,
  launch: measureLaunch,
  results: measureResults,
  dashboard: measureDashboard,
} as const;

/**
 * Measures every group (or those named in `only`), prints the figures, and records a whole run in docs/results.
 * Files are written on a memory file system where there is one.
 */
export async function runBenchmarks(root: string, python: string, only: readonly string[]): Promise<number> {
  const unknown = only.filter((name) => !(name in GROUPS));
  if (unknown.length > 0) {
    console.error(`no benchmark ${unknown.join(', ')}: there are ${Object.keys(GROUPS).join(', ')}`);
    return 2;
  }
  const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'mixlab-bench-'));
  const figures: Figure[] = [];
  try {
    for (const [name, measure] of Object.entries(GROUPS)) {
      if (only.length > 0 && !only.includes(name)) continue;
      console.log(`\n${name}`);
      for (const figure of await measure({ root, python, scratch })) {
        figures.push(figure);
        const verdict = figure.value <= figure.limit ? 'within' : 'ABOVE';
        console.log(
          `  ${figure.name}: ${figure.value} ${figure.ratio} (${verdict} ${figure.limit}, n = ${figure.n})`,
        );
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  if (only.length === 0) {
    const folder = join('docs/results', `${new Date().toISOString().slice(0, 10)}-bench`);
    await recordFigures(join(root, folder), figures, python);
    console.log(`\nrecorded in ${folder}`);
  }
  return 0;
}
