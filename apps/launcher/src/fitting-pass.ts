import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Probe } from '@mixlab/results';
import type { FailedTrialRun, TrialRun } from './trial-run.ts';

const NONE_FITS =
  'no smaller pass of two images or more fits: take smaller images, a smaller network or another batchSize';

interface FittingPass {
  /** What to set. */
  readonly advice: string;
  readonly measured: TrialRun;
  /** The config that was tried. */
  readonly config: Probe['config'];
}

/**
 * The largest pass that fits into memory, of those that cut a process's share of the batch evenly. Found by halves, since a
 * smaller pass takes no more memory; each try starts a training.
 *
 * @param config the whole run config, whose pass does not fit
 * @param tooMany images of a process in a step, and in that pass
 * @param attempt tries a config, a file
 * @param say is told of each try
 */
export async function findFittingPass(
  config: Probe['config'],
  tooMany: NonNullable<FailedTrialRun['tooManyOf']>,
  attempt: (file: string) => Promise<TrialRun | FailedTrialRun>,
  say: (text: string) => void,
): Promise<FittingPass | { readonly problem: string }> {
  const { share } = tooMany;
  // One image has no partner to mix with.
  let left = passesOf(share).filter((pass) => pass > 1 && pass < tooMany.pass);
  let best: FittingPass | undefined;
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-probe-'));
  try {
    while (left.length > 0) {
      const middle = left.length >> 1;
      const pass = left[middle]!;
      const tried = {
        ...config,
        runtime: { ...(config['runtime'] as object | undefined), gpuBatchSize: pass },
      };
      const file = join(folder, 'config.json');
      writeFileSync(file, JSON.stringify(tried));
      const measured = await attempt(file);
      const fits = !('problem' in measured);
      if (!fits && measured.tooManyOf === undefined) return { problem: measured.problem };
      say(`a pass of ${pass} images ${fits ? 'fits' : 'does not fit'}`);
      left = fits ? left.slice(middle + 1) : left.slice(0, middle);
      if (fits) best = { advice: advise(pass, share), measured, config: tried };
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return best ?? { problem: NONE_FITS };
}

function advise(pass: number, share: number): string {
  return (
    `the most that fits is a pass of ${pass} images: set runtime.gpuBatchSize to ${pass}, ` +
    `which takes the ${share} images of a process in ${share / pass} passes`
  );
}

/** Divisors, ascending. */
function passesOf(share: number): number[] {
  return Array.from({ length: share }, (_, index) => index + 1).filter((size) => share % size === 0);
}
