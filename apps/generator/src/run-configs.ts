import { ConfigError } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { planFolders } from '@mixlab/results';
import { mayWrite } from './confirm-loss.ts';
import type { ConfigsOptions } from './configs-options.ts';
import { generate } from './generation.ts';
import { refuseNested } from './nested-plans.ts';
import { orIssues, printJson, refuse, tellUnread } from './outcome.ts';
import { prepare } from './prepare.ts';
import { generationJson } from './report-json.ts';
import { generationText } from './report-text.ts';

/**
 * Generates and prints what was done.
 *
 * @returns 0; 1 when the output folder refuses what is to be written, or nobody says that results may go without a run; 2 when something authored or asked for is wrong
 */
export async function runConfigs(options: ConfigsOptions, io: CommandIo): Promise<number> {
  const prepared = await orIssues(async () => {
    const found = await prepare(io.home, options);
    refuseNested(
      found.plans.map(({ plan }) => plan),
      planFolders(options, io),
    );
    return found;
  });
  if (prepared instanceof ConfigError) return refuse(prepared, 2, 'nothing was written', options, io);
  tellUnread(prepared.unread, io);
  if (!(await mayWrite(prepared, options, io))) return 1;
  const generation = await orIssues(() => generate(prepared, options, io));
  if (generation instanceof ConfigError) return refuse(generation, 1, '', options, io);
  if (options.json !== true) io.stdout(generationText(generation, io.cwd));
  printJson(() => generationJson(generation, io.cwd), options, io);
  return 0;
}
