import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Probe } from '@mixlab/results';
import type { FailedTrialRun, TrialRun } from './trial-run.ts';

type Config = Probe['config'];

const NONE_FITS =
  'no smaller pass of two images or more fits: take smaller images, a smaller network or another batchSize';

interface FittingPass {
  /** What to set. */
  readonly advice: string;
  readonly measured: TrialRun;
  /** The config that was tried. */
  readonly config: Config;
}

/** Tries a config, a file. */
type Attempt = (file: string) => Promise<TrialRun | FailedTrialRun>;

/**
 * The largest pass that fits into memory, of those that cut a process's share of the batch evenly, and an evaluation that
 * does. The pass is found by halves, since a smaller one takes no more memory; each try starts a training.
 *
 * @param config the whole run config, which does not fit
 * @param failed how it does not
 * @param say is told of each try
 */
export async function findFittingPass(
  config: Config,
  failed: FailedTrialRun,
  attempt: Attempt,
  say: (text: string) => void,
): Promise<FittingPass | { readonly problem: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-probe-'));
  try {
    const evaluation = new FittingEvaluation(config, join(folder, 'config.json'), attempt, say);
    let { tooManyOf } = failed;
    if (tooManyOf === undefined) {
      evaluation.halve();
      const { measured, tried } = await evaluation.fit(config);
      if (!('problem' in measured)) return { advice: evaluation.advice, measured, config: tried };
      if (measured.tooManyOf === undefined) return { problem: measured.problem };
      tooManyOf = measured.tooManyOf;
    }
    return await findPass(config, tooManyOf, evaluation, say);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function findPass(
  config: Config,
  { share, pass: most }: NonNullable<FailedTrialRun['tooManyOf']>,
  evaluation: FittingEvaluation,
  say: (text: string) => void,
): Promise<FittingPass | { readonly problem: string }> {
  // One image has no partner to mix with.
  let left = passesOf(share).filter((pass) => pass > 1 && pass < most);
  let best: { pass: number; measured: TrialRun; tried: Config } | undefined;
  while (left.length > 0) {
    const middle = left.length >> 1;
    const pass = left[middle]!;
    const runtime = { ...(config['runtime'] as object | undefined), gpuBatchSize: pass };
    const { measured, tried } = await evaluation.fit({ ...config, runtime });
    const fits = !('problem' in measured);
    if (!fits && measured.tooManyOf === undefined) return { problem: measured.problem };
    say(`a pass of ${pass} images ${fits ? 'fits' : 'does not fit'}`);
    left = fits ? left.slice(middle + 1) : left.slice(0, middle);
    if (fits) best = { pass, measured, tried };
  }
  if (best === undefined) return { problem: NONE_FITS };
  const { pass, measured, tried } = best;
  const advice = [advise(pass, share), ...(evaluation.advice === '' ? [] : [evaluation.advice])].join('; ');
  return { advice, measured, config: tried };
}

/** How many images an evaluation takes at a time: so many as have room, found by halving. */
class FittingEvaluation {
  readonly #asked: number;
  readonly #file: string;
  readonly #attempt: Attempt;
  readonly #say: (text: string) => void;
  #images: number;

  constructor(config: Config, file: string, attempt: Attempt, say: (text: string) => void) {
    this.#asked = this.#images = Number(config['testBatchSize'] ?? config['batchSize']);
    this.#file = file;
    this.#attempt = attempt;
    this.#say = say;
  }

  /** Empty where nothing has to be set. */
  get advice(): string {
    return this.#images === this.#asked
      ? ''
      : `an evaluation of ${this.#images} images at a time fits: set testBatchSize to ${this.#images}`;
  }

  halve(): void {
    this.#images = Math.max(1, this.#images >> 1);
  }

  /** Tries a config, with fewer images in an evaluation as long as that has no room. */
  async fit(config: Config): Promise<{ measured: TrialRun | FailedTrialRun; tried: Config }> {
    for (;;) {
      const tried = this.#images === this.#asked ? config : { ...config, testBatchSize: this.#images };
      writeFileSync(this.#file, JSON.stringify(tried));
      const measured = await this.#attempt(this.#file);
      if (!('problem' in measured) || !measured.noRoomToEvaluate || this.#images === 1)
        return { measured, tried };
      this.#say(`an evaluation of ${this.#images} images at a time does not fit`);
      this.halve();
    }
  }
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
