import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mixlabLog, openmixupLog } from '../log/dialect.ts';
import { readLog } from '../log/log-reader.ts';
import type { Log } from '../log/log-parser.ts';
import { foreignLogs } from '../run/trial-log.ts';

/** One log of a folder of them. */
export interface FoundLog {
  /** Below its experiment's folder: `20260101_000000.log.json`, `trial1/log.jsonl`. */
  readonly name: string;
  readonly log: Log;
}

/** A folder whose logs are repeats of one experiment. */
export interface LogFolder {
  readonly name: string;
  readonly path: string;
  /** By name; `trial10` comes after `trial9`. */
  readonly logs: readonly FoundLog[];
  /** What was left out, and why. */
  readonly leftOut: readonly string[];
}

const TRIAL = /^trial([1-9][0-9]{0,5})$/;

/** A file that ends in `.jsonl` is ours, any other OpenMixup's. Throws what the file system throws. */
export function readFoundLog(path: string, name: string): FoundLog {
  return { name, log: readLog(path, path.endsWith('.jsonl') ? mixlabLog : openmixupLog) };
}

/**
 * The experiments in a folder, one after the other: its subfolders, or itself where it holds the logs or the trials of one.
 */
export function* findLogFolders(path: string): Generator<LogFolder> {
  const folders = subfolders(path);
  if (trialLogs(path).length > 0 || !folders.some((name) => candidates(join(path, name)).length > 0)) {
    yield readFolder(path, basename(path));
    return;
  }
  const stray = jsonFiles(path).map((name) => `${name} lies beside the experiments' folders`);
  for (const [index, name] of folders.entries()) {
    const folder = readFolder(join(path, name), name);
    yield index === 0 ? { ...folder, leftOut: [...stray, ...folder.leftOut] } : folder;
  }
}

function readFolder(path: string, name: string): LogFolder {
  const logs: FoundLog[] = [];
  const leftOut: string[] = [];
  for (const file of candidates(path)) {
    const found = readFoundLog(join(path, file), file);
    const { train, val, env } = found.log.account;
    if (train + val + env > 0) logs.push(found);
    else leftOut.push(`${name}/${file} is no log`);
  }
  return { name, path, logs, leftOut };
}

function candidates(path: string): string[] {
  return [...jsonFiles(path), ...trialLogs(path)];
}

function jsonFiles(path: string): string[] {
  const files = readdirSync(path, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return files
    .map(({ name }) => name)
    .filter((name) => name.includes('.json'))
    .sort();
}

function trialLogs(path: string): string[] {
  return subfolders(path)
    .flatMap((name) => TRIAL.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b))
    .flatMap((trial) => logsOf(path, `trial${trial}`));
}

/** Our log of a trial, or else what OpenMixup left in its place. */
function logsOf(path: string, trial: string): string[] {
  const own = `${trial}/log.jsonl`;
  if (existsSync(join(path, own))) return [own];
  return foreignLogs(join(path, trial)).map((name) => `${trial}/${name}`);
}

function subfolders(path: string): string[] {
  return readdirSync(path)
    .filter((name) => statSync(join(path, name), { throwIfNoEntry: false })?.isDirectory())
    .sort();
}
