import { join } from 'node:path';
import { findCatalogs, findConfigs, fixConfigs } from '@mixlab/authoring';
import type { FixedConfigs, FixedFile } from '@mixlab/authoring';
import { newestVersion } from '@mixlab/catalog/upgrade';
import { ConfigError } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { changedLines } from './changed-lines.ts';
import { readConfigVersion, VERSION_FILE, versionText } from './config-version.ts';
import type { FixOptions } from './fix-command.ts';
import { leftByHand } from './left-by-hand.ts';
import { namedFiles } from './named-files.ts';
import { orIssues, printJson, refuse } from './outcome.ts';
import { noneAuthored } from './prepare.ts';
import { replaceFiles } from './replace-files.ts';
import { print } from './report-json.ts';

interface Fix extends FixedConfigs {
  readonly since: number;
  /** Whether all authored files are of the newest version afterwards, and none is known to be yet. */
  readonly isWhole: boolean;
}

/**
 * Rewrites authored files, all or none.
 *
 * @returns 0; 1 where `--check` finds something to do, or nobody said yes; 2 where something is to be done by hand
 */
export async function runFix(options: FixOptions, io: CommandIo): Promise<number> {
  const fix = await orIssues(() => findFix(options.file ?? [], io));
  if (fix instanceof ConfigError) return refuse(fix, 2, 'nothing was written', options, io);
  const { files, issues, since, isWhole } = fix;
  const say = (text: string) => (options.json === true ? undefined : io.stdout(text));
  say(files.map(differenceText).join(''));
  if (issues.length > 0) return refuse(new ConfigError(issues), 2, 'nothing was written', options, io);
  const changed = files.map(({ file, before, after }) => ({ file, lines: changedLines(before, after) }));
  printJson(() => print({ from: since, to: newestVersion, files: changed }), options, io);
  const what = `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
  if (files.length === 0 && !isWhole) {
    say('nothing to change\n');
    return 0;
  }
  if (options.check || options.dryRun) {
    say(`${what} would change, from version ${since} of the run config to ${newestVersion}\n`);
    return options.check ? 1 : 0;
  }
  if (files.length > 0 && !options.yes && !(await io.confirm?.(`Rewrite ${what}?`))) {
    io.stderr(io.confirm ? 'nothing was written\n' : 'nothing was written; --yes rewrites them\n');
    return 1;
  }
  const version = isWhole ? [{ file: VERSION_FILE, after: versionText() }] : [];
  const texts = [...files, ...version].map(({ file, after }) => ({ path: join(io.home, file), text: after }));
  const written = await orIssues(() => replaceFiles(texts));
  if (written instanceof ConfigError) return refuse(written, 1, 'nothing was written', { json: false }, io);
  say(`rewrote ${what}${isWhole ? `; ${VERSION_FILE} says version ${newestVersion}` : ''}\n`);
  return 0;
}

async function findFix(named: readonly string[], { home, cwd }: CommandIo): Promise<Fix> {
  const since = readConfigVersion(home);
  const known = await findConfigs(home);
  if (known.length === 0) throw new ConfigError([noneAuthored]);
  const { files, issues } = namedFiles(named.length > 0 ? named : [home], known, { home, cwd });
  if (issues.length > 0) throw new ConfigError(issues);
  const fixed = await fixConfigs({ home, files: [...(await findCatalogs(home)), ...files], since });
  const left = await leftByHand(fixed, [...files], { home, cwd });
  return { ...fixed, issues: left, since, isWhole: files.size === known.length && since < newestVersion };
}

/** The lines of a file that change, each with its number, `-` what was and `+` what is. */
function differenceText({ file, before, after }: FixedFile): string {
  const lines = changedLines(before, after).flatMap(({ line, was, is }) => [
    `${file}:${line}`,
    ...(was === null ? [] : [`  - ${was}`]),
    `  + ${is}`,
  ]);
  return `${lines.join('\n')}\n`;
}
