import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { CommandIo, ConfigIssue } from '@mixlab/contracts';
import { BASE_HEADER, createPythonParser, diskFiles, importFile } from '@mixlab/importer';
import type { ImportedModule } from '@mixlab/importer';
import type { ImportCommandOptions } from './import-command.ts';
import { issueLines } from './issue-lines.ts';

/**
 * Writes the modules that stand for sweep scripts and configs below `configs/`.
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
      io,
    );
  const parser = await createPythonParser().catch((error: Error) => error);
  if (parser instanceof Error) return refuse([problem('no-grammar', parser.message)], io);
  const { keepDefects } = options;
  const imported = paths.map((path) => importFile({ parser, files: diskFiles, path, keepDefects }));
  const modules = new Map(imported.flatMap((file) => file.modules).map((module) => [module.path, module]));
  const issues = imported.flatMap((file) => file.issues);
  if (imported.some((file) => file.modules.length === 0)) return refuse(issues, io);
  const inTheWay = [...modules.values()].flatMap((module) => inTheWayOf(module, options, io));
  if (inTheWay.length > 0) return refuse(inTheWay, io);
  for (const module of modules.values()) io.stdout(`${write(module, io)} configs/${module.path}\n`);
  for (const line of lines(
    imported.flatMap((file) => file.notes),
    io,
  ))
    io.stdout(`note: ${line}\n`);
  if (issues.length === 0) return 0;
  io.stderr(
    `${lines(issues, io).join('\n')}\nto be put right by hand; the generator refuses it until then\n`,
  );
  return 1;
}

function refuse(issues: readonly ConfigIssue[], io: CommandIo): number {
  io.stderr(`${lines(issues, io).join('\n')}\nnothing was written\n`);
  return 2;
}

/** Each problem in a line, with files as one would type them from here. */
function lines(issues: readonly ConfigIssue[], { cwd }: CommandIo): string[] {
  return issueLines(
    issues.map((issue) => {
      if (!issue.at) return issue;
      const near = relative(cwd, issue.at.file);
      return { ...issue, at: { ...issue.at, file: near.startsWith('..') ? issue.at.file : near } };
    }),
  );
}

function problem(code: string, message: string): ConfigIssue {
  return { code, message };
}

function inTheWayOf(
  { kind, path, text }: ImportedModule,
  { force }: ImportCommandOptions,
  { home }: CommandIo,
): ConfigIssue[] {
  const file = join(home, 'configs', path);
  const found = statSync(file, { throwIfNoEntry: false });
  if (found && !found.isFile()) return [problem('in-the-way', `configs/${path} is no file`)];
  const before = found ? readFileSync(file, 'utf8') : text;
  if (before === text || force || (kind === 'base' && before.startsWith(BASE_HEADER))) return [];
  return [problem('changed-by-hand', `configs/${path} is there, with another text; --force overwrites it`)];
}

/** Returns what became of it, in a word. */
function write({ path, text }: ImportedModule, { home }: CommandIo): string {
  const file = join(home, 'configs', path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return 'unchanged';
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
  return 'wrote';
}
