import { resolve } from 'node:path';
import type { CommandIo } from '@mixlab/contracts';
import { writeGenerated } from '@mixlab/writer';
import type { WriteSummary } from '@mixlab/writer';
import type { ConfigsOptions } from './configs-options.ts';
import type { EngineeredPlan } from './engines.ts';
import { experimentFiles } from './experiment-files.ts';
import type { Prepared } from './prepare.ts';

/** What one call of `configs` did, or would do. */
export interface Generation {
  /** The output folder, absolute. */
  readonly out: string;
  readonly dryRun: boolean;
  readonly experiments: readonly GeneratedExperiment[];
  readonly leftAlone: readonly string[];
  /** Experiments that the engine can take nothing of. */
  readonly untaken: readonly EngineeredPlan[];
}

export interface GeneratedExperiment extends EngineeredPlan {
  readonly files: WriteSummary;
}

/**
 * Writes what was prepared, or with `dryRun` finds out what would be written.
 *
 * @throws ConfigError where files stand in the way or the disk refuses
 */
export async function generate(
  prepared: Prepared,
  options: ConfigsOptions,
  io: CommandIo,
): Promise<Generation> {
  const out = options.out === undefined ? resolve(io.home, 'generated') : resolve(io.cwd, options.out);
  const { plans, leftAlone, untaken } = prepared;
  const { dryRun, force } = options;
  const summaries = await writeGenerated(experimentFiles(plans, options.naming !== 'mixlab'), {
    out,
    dryRun,
    force,
  });
  return {
    out,
    dryRun,
    experiments: plans.map((plan, index) => ({ ...plan, files: summaries[index]! })),
    leftAlone,
    untaken,
  };
}
