import type { CommandIo } from '@mixlab/contracts';
import { readSlurmQueue } from '@mixlab/launch';
import type { SlurmQueue } from '@mixlab/launch';

const MOST_MILLISECONDS = 5000;

/** What Slurm has queued of experiments, by their folders of run directories; within five seconds. Never throws. */
export function askSlurm(
  folders: ReadonlyMap<string, string>,
  { env }: Pick<CommandIo, 'env'>,
): Promise<SlurmQueue> {
  return readSlurmQueue(folders, { env, milliseconds: MOST_MILLISECONDS });
}
