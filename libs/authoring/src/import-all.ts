import { join } from 'node:path';
import type { CatalogExtension } from '@mixlab/catalog/extension';
import { catalogExtensionSchema } from '@mixlab/catalog/extension-schema';
import { extendMixlabSchema, mixlabSchema } from '@mixlab/catalog/mixlab-schema';
import type { ConfigIssue } from '@mixlab/contracts';
import type { Experiment } from '@mixlab/dsl';
import type { CompiledModules } from './compiled-cache.ts';
import { divertOutput } from './divert-output.ts';
import { hashFile } from './fingerprint.ts';
import { guardLoading } from './guard-loading.ts';
import { importModule } from './import-module.ts';
import { keepListeners } from './keep-listeners.ts';
import { endsWhileLoaded, refuseEnds } from './refuse-ends.ts';
import { readForeignModules } from './shared-modules.ts';
import type { AuthoredExperiments, FailedFile, LoadedExperiment } from './load-experiments.ts';

/**
 * Imports experiments, and the catalogs of users' own packages that hold for all of them. What they print goes to stderr:
 * on stdout somebody may read it as the output of a command.
 *
 * @param limitMs the longest that one file may take: this process ends, with its line, when one takes longer
 */
export async function importAll(
  home: string,
  files: readonly string[],
  compiled: CompiledModules,
  limitMs: number,
): Promise<AuthoredExperiments> {
  if (files.length === 0) return { experiments: [], failures: [] };
  const guard = guardLoading({ folder: compiled.folder, home, files, limitMs });
  const restore = divertOutput(2);
  const removeOthers = keepListeners();
  const restoreEnds = refuseEnds(endsWhileLoaded);
  try {
    return await importEach(home, files, compiled, guard.next);
  } finally {
    guard.end();
    restoreEnds();
    removeOthers();
    restore();
  }
}

async function importEach(
  home: string,
  files: readonly string[],
  compiled: CompiledModules,
  begin: () => void,
): Promise<AuthoredExperiments> {
  const experiments: LoadedExperiment[] = [];
  const extensions: CatalogExtension[] = [];
  const failures: FailedFile[] = [];
  if (readsForeign(compiled)) await readForeignModules();
  for (const file of files) {
    begin();
    const imported = await importModule(compiled.folder, file);
    if ('issues' in imported) {
      failures.push({ file, name: undefined, issues: imported.issues });
      continue;
    }
    const { experiment } = imported;
    const exported = imported.exported['default'];
    if (isCatalog(file)) {
      const { data: extension } = catalogExtensionSchema.safeParse(exported);
      if (extension) extensions.push(extension);
      else failures.push({ file, name: undefined, issues: [noCatalog(file)] });
    } else if (experiment) {
      const sha256 = hashFile(join(home, file)) ?? '';
      experiments.push({
        file,
        sha256,
        imports: importedHashes(home, file, files, compiled),
        experiment,
      });
    } else {
      failures.push({ file, name: undefined, issues: [noExperiment(file, imported.exported)] });
    }
  }
  return { experiments: extensions.length > 0 ? extend(experiments, extensions) : experiments, failures };
}

/** Whether any of the modules imports what is not compiled. */
export function readsForeign({ modules }: CompiledModules): boolean {
  return modules.some(({ isSelfContained }) => !isSelfContained);
}

/** Hashes of all that an authored file imports, however indirectly, and of the catalogs among `files`. */
function importedHashes(
  home: string,
  file: string,
  files: readonly string[],
  { modules }: CompiledModules,
): Record<string, string> {
  const byFile = new Map(modules.map((module) => [module.file, module]));
  const reached = new Set([file, ...files.filter(isCatalog)]);
  for (const current of reached)
    for (const imported of [...(byFile.get(current)?.imports ?? []), ...(byFile.get(current)?.reads ?? [])])
      reached.add(imported);
  reached.delete(file);
  return Object.fromEntries([...reached].map((path) => [path, hashFile(join(home, path)) ?? '']));
}

/** Whether a file holds what `mixlab catalog` wrote. */
export function isCatalog(file: string): boolean {
  return file.endsWith('.catalog.ts');
}

/** The experiments over run configs, with what the extensions add to those. */
function extend(
  experiments: readonly LoadedExperiment[],
  extensions: readonly CatalogExtension[],
): LoadedExperiment[] {
  const schema = extendMixlabSchema(extensions) as Experiment['schema'];
  return experiments.map((loaded) => {
    const { experiment } = loaded;
    return experiment.schema.engine === mixlabSchema.engine
      ? { ...loaded, experiment: { ...experiment, schema } }
      : loaded;
  });
}

function noCatalog(file: string): ConfigIssue {
  return {
    code: 'no-catalog',
    message: 'this file holds no catalog of a Python package for this version of Mixlab',
    expected: 'what "mixlab catalog --from PACKAGE" writes',
    at: { file, line: 1, column: 1 },
  };
}

function noExperiment(file: string, exported: Record<string, unknown>): ConfigIssue {
  const got =
    'default' in exported ? `a default export that is ${kindOf(exported['default'])}` : 'no default export';
  return {
    code: 'no-experiment',
    message: 'this file exports no experiment',
    expected: 'export default defineExperiment({ … })',
    got,
    at: { file, line: 1, column: 1 },
  };
}

function kindOf(value: unknown): string {
  if (value instanceof Promise) return 'a promise of something: await it';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'function' ? 'a function' : 'something else';
}
