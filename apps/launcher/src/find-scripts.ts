import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findCatalogs } from '@mixlab/authoring/find-configs';
import type { CommandIo, PlanFile } from '@mixlab/contracts';
import { planFolders, readPlans } from '@mixlab/results';

/** The plans that were selected, and where their scripts are. */
export interface FoundScripts {
  readonly plans: readonly PlanFile[];
  /** The generator's output folder, absolute. */
  readonly out: string;
  /** Absolute. */
  readonly workDir: string;
  /** The script of an experiment, absolute. */
  scriptOf(experiment: string): string;
}

interface Selection {
  readonly experiment?: readonly string[] | undefined;
  readonly out?: string | undefined;
  readonly workDir?: string | undefined;
}

/**
 * The scripts `launch/NAME` of the selected experiments. Where something is wrong, all of it is said, and the exit code
 * stands in their place. Warns where an authored file, or what it depends on, has changed since.
 *
 * @param more what else is wrong about these plans
 */
export async function findScripts(
  name: string,
  options: Selection,
  io: CommandIo,
  complain: (line: string) => void,
  more: (plans: readonly PlanFile[]) => readonly string[] = () => [],
): Promise<FoundScripts | number> {
  const { plans, workDir, problems, exitCode } = readPlans(options, io);
  const { out, shownOut } = planFolders(options, io);
  const scriptOf = (experiment: string) => join(out, experiment, 'launch', name);
  const names = plans.map(({ experiment }) => experiment).join(', ');
  const wrong = [
    ...problems,
    ...(options.experiment === undefined && plans.length > 1
      ? [
          `there are ${plans.length} experiments, ${names}: --experiment says which, --experiment='**' means all`,
        ]
      : []),
    ...more(plans),
    ...plans
      .filter(({ experiment }) => !existsSync(scriptOf(experiment)))
      .map(
        ({ experiment }) =>
          `${join(shownOut, experiment)} has no launch/${name}; \`${generate(experiment)}\` writes it`,
      ),
  ];
  wrong.forEach(complain);
  if (wrong.length > 0) return exitCode === 1 ? 1 : 2;
  const catalogs = await findCatalogs(io.home);
  plans.flatMap((plan) => outdated(plan, io.home, catalogs)).forEach((line) => complain(`warning: ${line}`));
  return { plans, out, workDir, scriptOf };
}

/** A warning where the authored file, or what it depends on, is not what the experiment was generated from. */
function outdated({ experiment, source }: PlanFile, home: string, catalogs: readonly string[]): string[] {
  // Configs and scripts were copied here without it.
  if (hashOf(join(home, source.file)) === undefined) return [];
  const inputs = { [source.file]: source.sha256, ...source.imports };
  // A catalog that is new since holds for every experiment, too.
  const files = new Set([...Object.keys(inputs), ...catalogs]);
  const changed = [...files].filter((file) => hashOf(join(home, file)) !== inputs[file]);
  if (changed.length === 0) return [];
  const [file, verb] = [changed.join(', '), changed.length === 1 ? 'has' : 'have'];
  return [
    `${file} ${verb} changed since ${experiment} was generated, which is what is trained; ` +
      `\`${generate(experiment)}\` generates it anew`,
  ];
}

/** SHA-256 of a file's content; undefined where it cannot be read. */
function hashOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}

function generate(experiment: string): string {
  const [authored = experiment, set] = experiment.split(/\.set-[0-9a-f]{8}$/);
  return `npx mixlab configs --experiment=${authored}${set === undefined ? '' : ' --set …'}`;
}
