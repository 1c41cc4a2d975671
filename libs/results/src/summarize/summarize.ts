import { statSync } from 'node:fs';
import { listNames, nearestName } from '@mixlab/contracts';
import { formatLogWarning } from '../log/account.ts';
import { fieldOf } from '../log/field.ts';
import { findLogFolders, readFoundLog } from './find-logs.ts';
import type { FoundLog, LogFolder } from './find-logs.ts';
import { shownArguments } from './python-text.ts';
import { keysOf, summaryTools } from './tools.ts';
import type { Said, SummaryTool, SummaryToolName, SummaryValue, ToolArguments } from './tools.ts';

/** What one of OpenMixup's summary tools prints of some logs, and beside it what it says that it prints. */
export interface Summary {
  /** What the original prints, and behind each experiment, indented, the documented statistic. */
  readonly lines: readonly string[];
  /** The numbers in these lines; those of a single log stand under its path. */
  readonly experiments: readonly { readonly name: string; readonly values: readonly SummaryValue[] }[];
  /** What was left out, and why. */
  readonly warnings: readonly string[];
  /** Keys that no log has, or that there is no log: nothing else is to be believed then. */
  readonly problems: readonly string[];
}

/**
 * Summarizes a log or a folder of experiments as `tool` does; `shown` is the path as it was typed. Throws what the file
 * system throws.
 */
export function summarizeLike(
  name: SummaryToolName,
  path: string,
  given: ToolArguments,
  shown: string = path,
): Summary {
  const tool: SummaryTool = summaryTools[name];
  const metrics = new Set<string>();
  const keys = keysOf(name, given);
  const missing = new Set(keys);
  const look = ({ log }: FoundLog) => {
    for (const key of missing)
      if (log.written.some((each) => fieldOf(each, key) !== undefined)) missing.delete(key);
    // For a message about what is missing.
    if (missing.size === 0) return;
    for (const { fields } of log.written)
      for (const [field, value] of Object.entries(fields)) if (typeof value === 'number') metrics.add(field);
  };
  const lines = [
    shownArguments(
      Object.fromEntries([
        ['path', shown],
        ...tool.takes.map((each) => [each, valueOf(each, given)] as [string, string | number]),
      ]),
    ),
  ];
  const warnings: string[] = [];
  const experiments: { name: string; values: readonly SummaryValue[] }[] = [];
  let logs = 0;
  const add = (said: Said, prefix: string) => {
    experiments.push({ name: prefix, values: said.values });
    lines.push(...said.original, `  ${said.documented}`);
    warnings.push(...said.warnings.map((warning) => `${prefix}: ${warning}`));
  };

  if (statSync(path).isFile()) {
    const found = readFoundLog(path, shown);
    logs = found.log.written.length > 0 ? 1 : 0;
    look(found);
    warnings.push(...troublesOf(found, shown));
    add(tool.file(found, given), shown);
  } else {
    for (const folder of findLogFolders(path)) {
      logs += folder.logs.length;
      folder.logs.forEach(look);
      warnings.push(
        ...folder.leftOut,
        ...folder.logs.flatMap((each) => troublesOf(each, `${folder.name}/${each.name}`)),
      );
      if (folder.logs.length === 0)
        lines.push(`find empty dir=${shown}${shown.endsWith('/') ? '' : '/'}${folder.name}`);
      else add(tool.folder(folder, given), folder.name);
      warnings.push(...withoutKeys(folder, keys));
    }
  }
  if (tool.end !== undefined) lines.push(tool.end);
  return { lines, experiments, warnings, problems: problemsOf(shown, logs, missing, [...metrics]) };
}

function valueOf(name: SummaryTool['takes'][number], { keys, epochs, last }: ToolArguments): string | number {
  if (name === 'key') return keys.join('-');
  return name === 'epoch_num' ? epochs : last;
}

function problemsOf(shown: string, logs: number, missing: ReadonlySet<string>, metrics: string[]): string[] {
  if (logs === 0) return [`no log in ${shown}`];
  const names = metrics.filter((each) => !['epoch', 'iter', 'step', 'attempt', 'lr', 'time'].includes(each));
  return [...missing].map((key) => {
    const nearest = nearestName(key, names);
    const there = names.length > 0 ? `there are ${listNames(names)}` : 'there is no evaluation at all';
    return `no log has ${key}; ${there}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`;
  });
}

/** Logs without one of the keys, in a folder where others have it. */
function withoutKeys({ name, logs }: LogFolder, keys: readonly string[]): string[] {
  return logs.flatMap(({ name: file, log }) => {
    const lacking = keys.filter((key) => !log.written.some((each) => fieldOf(each, key) !== undefined));
    return lacking.length === 0
      ? []
      : [`${name}/${file}: no evaluation has ${lacking.join(' or ')}, left out`];
  });
}

function troublesOf({ log }: FoundLog, file: string): string[] {
  const { blank, malformed, invalid, oversized, unfinished } = log.account;
  const stops = blank + malformed + invalid + oversized + unfinished > 0;
  return [
    ...log.warnings.map((warning) => formatLogWarning(warning, file)),
    ...(blank > 0 ? [`${file}: ${blank} blank ${blank === 1 ? 'line' : 'lines'}, left out`] : []),
    ...(stops ? [`${file}: the original uses nothing of a log with such lines`] : []),
  ];
}
