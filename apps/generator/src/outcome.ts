import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { issueLines } from './issue-lines.ts';
import { issuesJson } from './report-json.ts';
import { toldRenames } from './told-renames.ts';

/** What a command was told of JSON: none, in place of what it prints, or to a file. */
export interface JsonTarget {
  readonly json: boolean | string;
}

/** What `work` returns, or the issues that it throws. */
export async function orIssues<T>(work: () => T | Promise<T>): Promise<T | ConfigError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** Prints every problem, and returns the exit code. */
export function refuse(
  { issues }: ConfigError,
  exitCode: number,
  outcome: string,
  options: JsonTarget,
  io: CommandIo,
): number {
  const told = toldRenames(issues);
  const lines = issueLines(told);
  const count = lines.length > 1 ? `${lines.length} problems` : '';
  const closing = [count, outcome].filter(Boolean).join('; ');
  io.stderr(
    [...lines, closing]
      .filter(Boolean)
      .map((line) => `${line}\n`)
      .join(''),
  );
  printJson(() => issuesJson(told), options, io);
  return exitCode;
}

/** Says which files were left out, if any. */
export function tellUnread(files: readonly string[], io: CommandIo): void {
  if (files.length > 0) io.stderr(`not looked at, for they have problems: ${files.join(', ')}\n`);
}

/** Prints JSON where it was asked for. */
export function printJson(json: () => string, { json: target }: JsonTarget, io: CommandIo): void {
  if (typeof target === 'string') writeFileSync(resolve(io.cwd, target), json());
  else if (target) io.stdout(json());
}
