import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import type { Experiment } from '@mixlab/dsl';
import { readCompiled, recordCheck, writeModules } from './compiled-cache.ts';
import { findCatalogs, findConfigs } from './find-configs.ts';
import { checkKey } from './fingerprint.ts';
import { importAll, isCatalog, readsForeign } from './import-all.ts';
import { thrownCode } from './import-module.ts';
import { tryLoading } from './trial.ts';

/** A file is loaded in milliseconds. */
const LOAD_LIMIT_MS = 10_000;

export interface LoadOptions {
  /** Workspace root, absolute. */
  readonly home: string;
  /** Authored files relative to `home`, with forward slashes; default: all of `configs/**\/*.config.ts`. */
  readonly files?: readonly string[];
  /** Where compiled files are kept from one call to the next; default: `.mixlab/cache/authoring` in `home`. */
  readonly cacheDir?: string;
  /** The longest that a file may take to load; default: 10 s. */
  readonly loadLimitMs?: number;
}

export interface LoadedExperiment {
  /** Relative to the workspace root, with forward slashes. */
  readonly file: string;
  /** SHA-256 of the file's content. */
  readonly sha256: string;
  /** SHA-256 of the workspace's other files that it depends on, those that it imports and catalogs, by path. */
  readonly imports: Readonly<Record<string, string>>;
  readonly experiment: Experiment;
}

/** An authored file that holds no usable experiment. */
export interface FailedFile {
  readonly file: string;
  /** The experiment's name, where the text tells it in spite of the problems. */
  readonly name: string | undefined;
  readonly issues: readonly ConfigIssue[];
  /** What the file gives in spite of wrong types, so that wrong values in it can be told in the same go. */
  readonly unsound?: LoadedExperiment;
}

export interface AuthoredExperiments {
  readonly experiments: readonly LoadedExperiment[];
  readonly failures: readonly FailedFile[];
}

/**
 * Type-checks and loads the authored experiments of a workspace. Problems are returned, all of them, not thrown.
 * When nothing that the last successful check depended on has changed, neither checks nor compiles again.
 */
export async function loadExperiments(options: LoadOptions): Promise<AuthoredExperiments> {
  const { home } = options;
  const configs = options.files ?? (await findConfigs(home));
  if (configs.length === 0) return { experiments: [], failures: [] };
  const files = [...(await findCatalogs(home)), ...configs];
  const cacheDir = options.cacheDir ?? join(home, '.mixlab', 'cache', 'authoring');
  const key = checkKey(home, files);
  const limitMs = options.loadLimitMs ?? LOAD_LIMIT_MS;

  const cached = readCompiled(cacheDir, key);
  if (cached) {
    const loaded = await importAll(home, files, cached, limitMs);
    // Another process may clean the cache between our check of it and the import.
    if (loaded.failures.length === 0 || existsSync(cached.folder)) return loaded;
  }

  // ts-morph takes longer to load than everything else together: only when there is something to check.
  const { checkConfigs } = await import('./check.ts');
  const { modules, inputs } = checkConfigs(home, files);
  const sound = modules.filter((module) => module.issues.length === 0);
  const parsed = modules.filter(({ issues }) => issues.every(({ code }) => code !== 'syntax'));
  const compiled = writeModules(cacheDir, home, parsed);
  const blocked = blockedFiles(files, modules);
  const isParsed = (file: string) => blocked.get(file)?.every(({ code }) => code !== 'syntax') ?? true;
  const failed = await tryLoading({
    folder: compiled.folder,
    home,
    files: files.filter(isParsed),
    readsForeign: readsForeign(compiled),
    limitMs,
    waits: waitsOf(files, modules),
  });
  if (sound.length === modules.length && failed.size === 0) recordCheck(cacheDir, key, inputs, compiled);

  const loadable = files.filter((file) => isParsed(file) && !failed.has(file));
  const loaded = await importAll(
    home,
    loadable.filter((file) => !blocked.has(file)),
    compiled,
    limitMs,
  );
  const unsound = await importAll(
    home,
    loadable.filter((file) => isCatalog(file) || blocked.has(file)),
    compiled,
    limitMs,
  );
  compiled.discard?.();
  const unusable = new Map(failed);
  for (const [file, issues] of blocked) {
    // That a file with wrong types throws may only follow from those.
    const others = failed.get(file)?.filter(({ code }) => code !== thrownCode) ?? [];
    unusable.set(file, [...issues, ...others]);
  }
  const failures = [...unusable].map(([file, issues]) => ({
    file,
    issues,
    name: modules.find((module) => module.file === file)?.name,
    ...given(unsound.experiments.find((loaded) => loaded.file === file)),
  }));
  return { experiments: loaded.experiments, failures: [...failures, ...loaded.failures] };
}

function given(unsound: LoadedExperiment | undefined): Pick<FailedFile, 'unsound'> {
  return unsound ? { unsound } : {};
}

interface ModuleIssues {
  readonly file: string;
  readonly imports: readonly string[];
  readonly issues: readonly ConfigIssue[];
  readonly waits: SourceLocation | undefined;
}

/** Files with issues of their own or in what they import, with all of those. */
function blockedFiles(
  files: readonly string[],
  modules: readonly ModuleIssues[],
): Map<string, ConfigIssue[]> {
  const blocked = new Map<string, ConfigIssue[]>();
  for (const [file, reached] of reachedFrom(files, modules)) {
    const issues = reached.flatMap((module) => module.issues);
    if (issues.length > 0) blocked.set(file, issues);
  }
  return blocked;
}

/** Where files first wait for something, they themselves or what they import. */
function waitsOf(files: readonly string[], modules: readonly ModuleIssues[]): Map<string, SourceLocation> {
  const found = new Map<string, SourceLocation>();
  for (const [file, reached] of reachedFrom(files, modules)) {
    const [waits] = reached.flatMap((module) => module.waits ?? []);
    if (waits) found.set(file, waits);
  }
  return found;
}

/** Each file with itself and all that it imports, however indirectly. */
function reachedFrom(
  files: readonly string[],
  modules: readonly ModuleIssues[],
): [string, readonly ModuleIssues[]][] {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  return files.map((file) => {
    const reached = new Set([file]);
    for (const current of reached) byFile.get(current)?.imports.forEach((imported) => reached.add(imported));
    return [file, [...reached].flatMap((current) => byFile.get(current) ?? [])];
  });
}
