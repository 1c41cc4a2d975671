import { existsSync, readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inspect } from 'node:util';
import { ConfigError, formatIssue } from '@mixlab/contracts';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { placeThrown } from '@mixlab/dsl/origin';
import { compiledName } from './compiled-name.ts';

export type Imported =
  { readonly exported: Record<string, unknown> } | { readonly issues: readonly ConfigIssue[] };

/**
 * Runs a compiled authored module. What it throws becomes issues at the authored line it came from.
 *
 * @param folder folder of compiled modules
 * @param file the authored file, relative to the workspace root
 */
export async function importModule(folder: string, file: string): Promise<Imported> {
  const ended = () => tellEnd(file);
  process.once('exit', ended);
  try {
    return { exported: await import(pathToFileURL(join(folder, compiledName(file))).href) };
  } catch (error) {
    const at = (error instanceof Error ? authoredFrame(error, folder) : placeThrown(error)) ?? {
      file,
      line: 1,
      column: 1,
    };
    if (error instanceof ConfigError)
      return { issues: error.issues.map((issue) => ({ ...issue, at: issue.at ?? at })) };
    return { issues: [thrownIssue(error, at)] };
  } finally {
    process.off('exit', ended);
  }
}

/** What is said of something that a file throws, in one line. */
export function thrownIssue(error: unknown, at: SourceLocation): ConfigIssue {
  const text = textOf(error);
  return {
    code: 'load-failed',
    message: `this file throws while it is loaded: ${text.replace(/\s*\n\s*/g, ' ')}`,
    at,
  };
}

function textOf(error: unknown): string {
  try {
    return error instanceof Error
      ? `${error.name}: ${error.message}`
      : inspect(error, { breakLength: Infinity });
  } catch {
    return 'something that cannot be shown';
  }
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

/** The stack that the engine made: a getter of the file's own may do anything. */
function stackOf(error: Error): string {
  const { get } = Object.getOwnPropertyDescriptor(error, 'stack') ?? {};
  if (get && !Function.prototype.toString.call(get).includes('[native code]')) return '';
  return typeof error.stack === 'string' ? error.stack : '';
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
