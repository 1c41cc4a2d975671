import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import { makeFolder } from '@mixlab/files';
import { createPythonParser, diskFiles, importFile, isAsWritten } from '@mixlab/importer';
import type { ImportedModule } from '@mixlab/importer';
import type { ImportCommandOptions } from './import-command.ts';
import { issueLines } from './issue-lines.ts';

/**
 * Writes the modules that stand for sweep scripts and configs below `configs/`, or another folder.
 *
 * @returns 0; 1 where something in them is to be put right by hand; 2, with nothing written, where a file is not there or
 *   nothing that can be imported, or somebody's own work stands where a module goes
 */
export async function importFiles(options: ImportCommandOptions, io: CommandIo): Promise<number> {
  const paths = options.path.map((path) => resolve(io.cwd, path));
  const missing = paths.filter((path) => !statSync(path, { throwIfNoEntry: false })?.isFile());
  if (missing.length > 0)
    return refuse(
      missing.map((path) => problem('missing-file', `there is no file ${path}`)),
      options,
      io,
    );
  const parser = await createPythonParser().catch((error: Error) => error);
  if (parser instanceof Error) return refuse([problem('no-grammar', parser.message)], options, io);
  const { keepDefects, name } = options;
  const given = name === undefined ? {} : { name };
  const imported = paths.map((path) => importFile({ parser, files: diskFiles, path, keepDefects, ...given }));
  const issues = imported.flatMap((file) => file.issues);
  const modules = imported.flatMap((file) => file.modules);
  if (imported.some((file) => file.modules.length === 0)) return refuse(issues, options, io);
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const folder = options.out === undefined ? join(io.home, 'configs') : resolve(io.cwd, options.out);
  const inTheWay = [
    ...doubled(modules),
    ...[...byPath.values()].flatMap((module) => inTheWayOf(module, folder, options, io)),
  ];
  if (inTheWay.length > 0) return refuse(inTheWay, options, io);
  const files = Array.from(byPath.values(), (module) => {
    const file = join(folder, module.path);
    return { file: shown(file, io.home), kind: module.kind, state: write(file, module.text) };
  });
  const notes = imported.flatMap((file) => file.notes);
  if (options.json) io.stdout(`${JSON.stringify({ files, issues, notes }, null, 2)}\n`);
  else {
    for (const { file, state } of files) io.stdout(`${state} ${file}\n`);
    for (const line of lines(notes, io)) io.stdout(`note: ${line}\n`);
    if (issues.length > 0)
      io.stderr(
        `${lines(issues, io).join('\n')}\nto be put right by hand; the generator refuses it until then\n`,
      );
  }
  return issues.length === 0 ? 0 : 1;
}

function refuse(issues: readonly ConfigIssue[], { json }: ImportCommandOptions, io: CommandIo): number {
  if (json) io.stdout(`${JSON.stringify({ issues }, null, 2)}\n`);
  else io.stderr(`${lines(issues, io).join('\n')}\nnothing was written\n`);
  return 2;
}

/** Each problem in a line, with files as one would type them from here. */
function lines(issues: readonly ConfigIssue[], { cwd }: CommandIo): string[] {
  return issueLines(
    issues.map((issue) => {
      if (!issue.at) return issue;
      return { ...issue, at: { ...issue.at, file: shown(issue.at.file, cwd) } };
    }),
  );
}

/** A path as it is written in `folder`; one outside as it is. */
function shown(file: string, folder: string): string {
  const near = relative(folder, file);
  return near.startsWith('..') ? file : near.split(sep).join('/');
}

function problem(code: string, message: string): ConfigIssue {
  return { code, message };
}

/** Modules that would have one path and are not the same, as experiments with one name for all of them. */
function doubled(modules: readonly ImportedModule[]): ConfigIssue[] {
  const twice = modules.filter(({ path, text }) =>
    modules.some((other) => other.path === path && other.text !== text),
  );
  const paths = new Set(twice.map(({ path }) => path));
  return Array.from(paths, (path) => problem('two-experiments', `several experiments would be ${path}`));
}

function inTheWayOf(
  { kind, path, text }: ImportedModule,
  folder: string,
  { force }: ImportCommandOptions,
  { home }: CommandIo,
): ConfigIssue[] {
  const file = join(folder, path);
  const found = statSync(file, { throwIfNoEntry: false });
  const name = shown(file, home);
  if (found && !found.isFile()) return [problem('in-the-way', `${name} is no file`)];
  const before = found ? readFileSync(file, 'utf8') : text;
  if (before === text || force || (kind === 'base' && isAsWritten(before))) return [];
  return [problem('changed-by-hand', `${name} is there, with another text; --force overwrites it`)];
}

/** Returns what became of it, in a word. */
function write(file: string, text: string): 'wrote' | 'unchanged' {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return 'unchanged';
  makeFolder(dirname(file));
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
  return 'wrote';
}
