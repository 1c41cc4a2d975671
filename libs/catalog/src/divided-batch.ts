import type { ConfigIssue } from '@mixlab/contracts';
import type { Machines } from '@mixlab/contracts/sweep-schema';
import type { RunConfig } from './generated/run-config.ts';

/**
 * Why a step's images cannot be divided among the processes of a run, one for each GPU, and among the passes of each:
 * what the trainer would refuse (`mixlab.train.division`).
 */
export function undividedBatch(
  { batchSize, runtime }: Partial<Pick<RunConfig, 'batchSize' | 'runtime'>>,
  { gpusPerRun }: Machines,
): readonly ConfigIssue[] {
  if (batchSize === undefined) return [];
  const processes = Math.max(1, gpusPerRun);
  const share = Math.floor(batchSize / processes);
  if (batchSize % processes !== 0) {
    const sizes = [share * processes, (share + 1) * processes].filter((size) => size > 0);
    return [
      {
        code: 'uneven-batch',
        message: `${batchSize} images of a step cannot be shared evenly by ${processes} GPUs, which is launch.gpusPerRun`,
        path: 'batchSize',
        expected: `a multiple of ${processes}: ${sizes.join(' or ')}`,
        got: String(batchSize),
      },
    ];
  }
  const most = runtime?.gpuBatchSize ?? null;
  if (most === null || most <= 1 || most >= share || passesOf(share, most) < share) return [];
  return [
    {
      code: 'uneven-passes',
      message: `the ${share} images of a GPU cannot be cut into equal passes of 2 to ${most}, and one image has no partner`,
      path: 'runtime.gpuBatchSize',
      expected: `${share}, or another batchSize`,
      got: String(most),
    },
  ];
}

/** The fewest equal passes of at most `most` images. */
function passesOf(share: number, most: number): number {
  let passes = Math.ceil(share / most);
  while (share % passes !== 0) passes += 1;
  return passes;
}
