import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineCommand } from '@mixlab/contracts';
import type { CommandIo } from '@mixlab/contracts';
import { summarizeLike, summaryTools } from '@mixlab/results';
import type { Summary, SummaryToolName } from '@mixlab/results';
import { z } from 'zod';

const toolNames = Object.keys(summaryTools) as [SummaryToolName, ...SummaryToolName[]];

const summarizeOptions = z.strictObject({
  like: z.enum(toolNames).describe("the tool of OpenMixup's tools/summary").meta({ placeholder: 'tool' }),
  path: z
    .string()
    .min(1)
    .describe('a log, or a folder with a folder of logs for each experiment')
    .meta({ positional: true }),
  rest: z
    .array(z.string())
    .default([])
    .describe('what the tool takes after it: KEYS (separated by -), or EPOCHS LAST KEYS, or EPOCHS LAST')
    .meta({ positional: true }),
  json: z
    .union([z.boolean(), z.string().min(1)])
    .default(false)
    .describe('print nothing but the numbers, as JSON, or write them to a file')
    .meta({ placeholder: 'file' }),
});

type SummarizeOptions = z.output<typeof summarizeOptions>;

/**
 * `mixlab summarize`: what OpenMixup's summary tools print of its logs and ours, and beside it the statistic that they
 * document. Reads only (but for `--json=FILE`). What was left out goes to stderr. Exit code 2 where an argument or key is wrong, 1 where a path
 * cannot be read.
 */
export const summarizeCommand = defineCommand({
  name: 'summarize',
  description: "Summarize logs as OpenMixup's tools/summary do, and say what those leave out",
  options: summarizeOptions,
  anywhere: true,
  run: summarize,
});

async function summarize({ like, path, rest, json }: SummarizeOptions, io: CommandIo): Promise<number> {
  const complain = (line: string) => io.stderr(`mixlab summarize: ${line}\n`);
  const { takes } = summaryTools[like];
  const problems = [
    ...(rest.length === takes.length
      ? []
      : [`${like} takes PATH ${usageOf(takes)}, got PATH ${rest.join(' ')}`]),
    ...takes.flatMap((name, index) => problemsOf(name, rest[index])),
    ...(existsSync(resolve(io.cwd, path)) ? [] : [`there is no ${path}`]),
  ];
  problems.forEach(complain);
  if (problems.length > 0) return 2;

  const given = new Map(takes.map((name, index) => [name, rest[index]!]));
  const keys = given.get('key')?.split('-') ?? [];
  const numbers = { epochs: Number(given.get('epoch_num') ?? 0), last: Number(given.get('record_num') ?? 0) };
  let summary: Summary;
  try {
    summary = summarizeLike(like, resolve(io.cwd, path), { keys, ...numbers }, path);
  } catch (error) {
    complain(`${path} cannot be read (${(error as Error).message})`);
    return 1;
  }
  summary.problems.forEach(complain);
  if (summary.problems.length > 0) return 2;
  const { lines, experiments, warnings } = summary;
  const text = `${JSON.stringify({ like, path, experiments, warnings }, null, 2)}\n`;
  if (typeof json === 'string') writeFileSync(resolve(io.cwd, json), text);
  if (json === true) io.stdout(text);
  else io.stdout(lines.map((line) => `${line}\n`).join(''));
  for (const warning of warnings) io.stderr(`warning: ${warning}\n`);
  return 0;
}

function usageOf(takes: readonly string[]): string {
  return takes.map((name) => (name === 'key' ? 'KEYS' : name === 'epoch_num' ? 'EPOCHS' : 'LAST')).join(' ');
}

function problemsOf(name: string, typed: string | undefined): string[] {
  if (typed === undefined) return [];
  if (name === 'key')
    return typed.split('-').includes('') ? [`KEYS: expected names separated by -, got "${typed}"`] : [];
  const fine = /^[1-9][0-9]{0,8}$/.test(typed);
  return fine ? [] : [`${usageOf([name])}: expected a number of epochs, from 1, got "${typed}"`];
}
