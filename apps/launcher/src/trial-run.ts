import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { execa } from 'execa';
import { z } from 'zod';

/** The Python that trains, as the generated scripts find it. */
export interface Trainer {
  readonly python: string;
  /** GPUs that may be used. */
  readonly gpus: number;
}

const resultSchema = z.looseObject({
  state: z.string(),
  error: z.string().nullable(),
  noRoomFor: z.enum(['step', 'evaluation']).nullish(),
  device: z.string().nullable(),
  ranks: z.int().positive().nullable(),
  passes: z.int().positive().nullish(),
  imagesPerPass: z.int().positive().nullish(),
  stepsPerEpoch: z.int().positive().nullable(),
  secondsPerStep: z.number().positive().nullable(),
  secondsPerEvaluation: z.number().nonnegative().nullable(),
  memoryBytes: z.int().positive().nullable(),
});

type TrialResult = z.output<typeof resultSchema>;

/** What a few steps of a training took. */
export interface TrialRun {
  readonly device: string;
  readonly ranks: number;
  readonly stepsPerEpoch: number;
  readonly secondsPerStep: number;
  readonly secondsPerEvaluation: number | null;
  readonly memoryBytes: number | null;
}

/** Why a few steps of a training did not work. */
export interface FailedTrialRun {
  /** In a line. */
  readonly problem: string;
  /** Where the images of a pass do not fit into memory: how many of a step's images a process takes in all its passes. */
  readonly tooManyOf?: { readonly share: number; readonly pass: number };
  /** The images that an evaluation takes at a time do not fit into memory. */
  readonly noRoomToEvaluate?: true;
}

/** The Python that trains, and the GPUs that it sees; a line that says why there is none. */
export async function findTrainer(io: CommandIo): Promise<Trainer | { readonly problem: string }> {
  const { home, env = {} } = io;
  const own = join(home, '.venv', 'bin', 'python');
  const python = env['MIXLAB_PYTHON'] || (existsSync(own) ? own : 'python3');
  const { failed, code, stdout, stderr } = await launchModule(python, io, ['--list-gpus']);
  if (code === 'ENOENT')
    return { problem: `there is no ${python}; set MIXLAB_PYTHON to the Python that trains` };
  if (failed) return { problem: `${python} cannot train: ${lastLine(stderr)}` };
  return { python, gpus: stdout.split('\n').filter((line) => line !== '').length };
}

/** Tries so many steps of a config, a JSON file; what they took, or why they do not work. */
export async function tryConfig(
  { python }: Trainer,
  io: CommandIo,
  config: string,
  steps: number,
  gpus: number,
): Promise<TrialRun | FailedTrialRun> {
  const folder = mkdtempSync(join(tmpdir(), 'mixlab-probe-'));
  const file = join(folder, 'result.json');
  try {
    const options = ['--max-steps', String(steps), '--result', file, '--quiet'];
    const claim = gpus > 0 ? ['--gpus', String(gpus), '--claim'] : ['--gpus', '0'];
    const { exitCode, stderr } = await launchModule(python, io, [config, ...options, ...claim]);
    if (!existsSync(file))
      return { problem: lastLine(stderr) || `the trainer ended with exit code ${exitCode}` };
    const { data: found } = resultSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    if (found?.error) return whyNot(found.error, found);
    if (found?.state === 'interrupted') return { problem: 'interrupted' };
    if (!found?.device || !found.ranks || !found.stepsPerEpoch || !found.secondsPerStep)
      return { problem: `the mixlab of ${python} is of another version: it does not tell what a step takes` };
    const { device, ranks, stepsPerEpoch, secondsPerStep, secondsPerEvaluation, memoryBytes } = found;
    return { device, ranks, stepsPerEpoch, secondsPerStep, secondsPerEvaluation, memoryBytes };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function whyNot(error: string, { noRoomFor, passes, imagesPerPass }: Partial<TrialResult>): FailedTrialRun {
  const [problem = ''] = error.split('\n', 1);
  if (noRoomFor === 'evaluation') return { problem, noRoomToEvaluate: true };
  if (noRoomFor !== 'step' || !passes || !imagesPerPass) return { problem };
  // How many fit instead is found out; the trainer's advice is a guess.
  const fact = problem.replace(/; set runtime\.gpuBatchSize .*/, '');
  return { problem: fact, tooManyOf: { share: passes * imagesPerPass, pass: imagesPerPass } };
}

/** `python -m mixlab.launch …`; as in a training, nothing is imported from the current folder. */
function launchModule(python: string, { home, env }: CommandIo, args: readonly string[]) {
  return execa(python, ['-m', 'mixlab.launch', ...args], {
    cwd: home,
    env: { ...env, PYTHONSAFEPATH: '1', MIXLAB_HOME: env?.['MIXLAB_HOME'] || home },
    stdin: 'ignore',
    reject: false,
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
