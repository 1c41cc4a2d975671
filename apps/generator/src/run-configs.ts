import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import type { ConfigsOptions } from './configs-options.ts';
import { generate } from './generation.ts';
import { issueLines } from './issue-lines.ts';
import { prepare } from './prepare.ts';
import { generationJson, issuesJson } from './report-json.ts';
import { generationText } from './report-text.ts';

/**
 * Generates and prints what was done.
 *
 * @returns 0; 1 when the output folder refuses what is to be written; 2 when something authored or asked for is wrong
 */
export async function runConfigs(options: ConfigsOptions, io: CommandIo): Promise<number> {
  const prepared = await orIssues(() => prepare(io.home, options));
  if (prepared instanceof ConfigError) return refuse(prepared, 2, 'nothing was written', options, io);
  if (prepared.unread.length > 0) {
    io.stderr(`not looked at, for they have problems: ${prepared.unread.join(', ')}\n`);
  }
  const generation = await orIssues(() => generate(prepared, options, io));
  if (generation instanceof ConfigError) return refuse(generation, 1, '', options, io);
  if (options.json !== true) io.stdout(generationText(generation, io.cwd));
  if (options.json !== false) printJson(generationJson(generation, io.cwd), options, io);
  return 0;
}

async function orIssues<T>(work: () => Promise<T>): Promise<T | ConfigError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function refuse(
  { issues }: ConfigError,
  exitCode: number,
  outcome: string,
  options: ConfigsOptions,
  io: CommandIo,
): number {
  const lines = issueLines(issues);
  const count = lines.length > 1 ? `${lines.length} problems` : '';
  const closing = [count, outcome].filter(Boolean).join('; ');
  io.stderr(
    [...lines, closing]
      .filter(Boolean)
      .map((line) => `${line}\n`)
      .join(''),
  );
  if (options.json !== false) printJson(issuesJson(issues), options, io);
  return exitCode;
}

function printJson(json: string, { json: target }: ConfigsOptions, io: CommandIo): void {
  if (typeof target === 'string') writeFileSync(resolve(io.cwd, target), json);
  else io.stdout(json);
}
