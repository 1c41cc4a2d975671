import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { ConfigError, formatIssue } from '@mixlab/contracts';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { isExperiment } from '@mixlab/dsl';
import type { Experiment } from '@mixlab/dsl';
import { placeThrown } from '@mixlab/dsl/origin';
import { compiledName } from './compiled-name.ts';
import type { Frame } from './running-frames.ts';

export type Imported =
  | {
      readonly exported: Record<string, unknown>;
      /** What it exports by default, if that is an experiment: as it is now, whatever getters it has. */
      readonly experiment: Experiment | undefined;
    }
  | { readonly issues: readonly ConfigIssue[] };

/** What a file has begun and does not wait for may still come to its end for so long. */
const SETTLE_MS = 200;

/**
 * Runs a compiled authored module, and what it has begun by itself. What that throws becomes issues at the authored line it
 * came from, and so does what does not end: it would run while a command works, and after that.
 *
 * @param folder folder of compiled modules
 * @param file the authored file, relative to the workspace root
 */
export async function importModule(folder: string, file: string): Promise<Imported> {
  const ended = () => tellEnd(file);
  const late: ConfigIssue[] = [];
  const thrownLate = (error: unknown) => void late.push(...issuesOf(error, folder, file));
  process.once('exit', ended);
  process.on('uncaughtException', thrownLate);
  try {
    const before = running();
    const exported = (await import(pathToFileURL(join(folder, compiledName(file))).href)) as Exported;
    const experiment = isExperiment(exported.default) ? { ...exported.default } : undefined;
    const left = await leftRunning(before);
    if (left) late.push({ code: 'load-failed', message: left, at: { file, line: 1, column: 1 } });
    return late.length > 0 ? { issues: late } : { exported, experiment };
  } catch (error) {
    return { issues: issuesOf(error, folder, file) };
  } finally {
    process.off('uncaughtException', thrownLate);
    process.off('exit', ended);
  }
}

interface Exported extends Record<string, unknown> {
  readonly default?: unknown;
}

/** What keeps this process from ending; the loader itself has ports. */
function running(): Map<string, number> {
  const counts = new Map<string, number>();
  // They become such things when they are first asked for.
  void [process.stdout, process.stderr];
  for (const name of process.getActiveResourcesInfo())
    if (name !== 'MessagePort') counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** What is said of more than `before` that does not end in time. */
async function leftRunning(before: ReadonlyMap<string, number>): Promise<string | undefined> {
  const began = performance.now();
  let left: string | undefined;
  // Between two steps of one thing, there may be nothing for a moment.
  for (let quiet = 0; quiet < 3; quiet = left === undefined ? quiet + 1 : 0) {
    if (left !== undefined && performance.now() - began > SETTLE_MS)
      return left === 'Timeout'
        ? 'this file leaves a timer running when it has been loaded'
        : `this file leaves something running when it has been loaded, and does not wait for it: ${left}`;
    await new Promise((resolve) => void setImmediate(resolve));
    [left] = [...running()].find(([name, count]) => count > (before.get(name) ?? 0)) ?? [];
  }
  return undefined;
}

function issuesOf(error: unknown, folder: string, file: string): readonly ConfigIssue[] {
  const found = error instanceof Error ? authoredFrame(error, folder) : placeThrown(error);
  const at = found ?? { file, line: 1, column: 1 };
  if (error instanceof ConfigError) return error.issues.map((issue) => ({ ...issue, at: issue.at ?? at }));
  return [thrownIssue(error, at)];
}

export const thrownCode = 'throws';

/** What is said of something that a file throws, in one line. */
export function thrownIssue(error: unknown, at: SourceLocation): ConfigIssue {
  const text = textOf(error);
  return {
    code: thrownCode,
    message: `this file throws while it is loaded: ${text.replace(/\s*\n\s*/g, ' ')}`,
    at,
  };
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error
      ? `${plainText(error, 'name')}: ${plainText(error, 'message')}`
      : inspect(error, { breakLength: Infinity });
  } catch {
    return 'something that cannot be shown';
  }
}

/** A field of an error; a getter of the file's own may do anything. */
function plainText(error: Error, key: 'name' | 'message'): string {
  for (let owner: object | null = error; owner; owner = Object.getPrototypeOf(owner) as object | null) {
    const field = Object.getOwnPropertyDescriptor(owner, key);
    if (field) return isOwnGetter(field.get) ? 'something that cannot be shown' : String(error[key]);
  }
  return '';
}

/** Whether a getter is one that a file has made, not one of the engine. */
function isOwnGetter(get: (() => unknown) | undefined): boolean {
  return get !== undefined && !Function.prototype.toString.call(get).includes('[native code]');
}

/** What is said of a file that takes too long, running or, with no frame of it on the stack, waiting. */
export function tooLong(limitMs: number, isRunning: boolean): string {
  const seconds = `${limitMs / 1000} s`;
  return isRunning
    ? `this file is still running after ${seconds}: it was stopped here`
    : `this file waits for something that has not come after ${seconds}`;
}

/** A file that calls `process.exit`, or awaits what never comes, would end everything as if all were well. */
function tellEnd(file: string): void {
  const message = 'the process ends while this file is loaded';
  process.stderr.write(
    `${formatIssue({ code: 'load-failed', message, at: { file, line: 1, column: 1 } })}\n`,
  );
  process.exitCode = 2;
}

/** The innermost line of frames that is of an authored file, or of another one of the workspace that those import. */
export function placeInFrames(
  frames: readonly Frame[],
  folder: string,
  home: string,
): SourceLocation | undefined {
  for (const { url, line, column } of frames) {
    const found = authoredLocation(folder, url, line, column);
    if (found) return found;
    const file = url.startsWith('file:') ? relative(home, fileURLToPath(url.replace(/\?.*$/, ''))) : '..';
    if (!/^\.\.|(^|[\\/])(node_modules|\.mixlab)[\\/]/.test(file))
      return { file: file.split(sep).join('/'), line, column };
  }
  return undefined;
}

/** The innermost authored line on an error's stack, where a module that a loader changed stands by its path. */
export function authoredFrame(error: Error, folder: string): SourceLocation | undefined {
  const frames = stackOf(error).matchAll(/(?:(file:\/\/\S+?)|(?<=[( ])(\/.+?)):(\d+):(\d+)/g);
  for (const [, url, path, line, column] of frames) {
    const module = url ?? pathToFileURL(path!).href;
    const found = authoredLocation(folder, module, Number(line), Number(column));
    if (found) return found;
  }
  return undefined;
}

/** The stack that the engine made, which it may do with the file's own getters. */
function stackOf(error: Error): string {
  try {
    if (isOwnGetter(Object.getOwnPropertyDescriptor(error, 'stack')?.get)) return '';
    return typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return '';
  }
}

/** Where a place in a compiled module was written; undefined where `url` is none of those in `folder`. */
export function authoredLocation(
  folder: string,
  url: string,
  line: number,
  column: number,
): SourceLocation | undefined {
  const root = `${pathToFileURL(folder).href}/`;
  if (!url.startsWith(root)) return undefined;
  const file = decodeURIComponent(url.slice(root.length)).replace(/\.mjs$/, '');
  const map = join(folder, `${compiledName(file)}.map`);
  if (!existsSync(map)) return undefined;
  const entry = new SourceMap(JSON.parse(readFileSync(map, 'utf8'))).findEntry(line - 1, column - 1);
  if (!('originalLine' in entry)) return undefined;
  return { file: file.split(sep).join('/'), line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}
