import { join } from 'node:path';
import { Project, ts } from 'ts-morph';
import { linkedPackages } from './workspace-packages.ts';

/**
 * Strict as in this workspace; no ambient types, because a config that reads the environment is not reproducible.
 * `bundler` resolution takes what an editor's `nodenext` takes and does not ask for a `package.json` around.
 */
export const compilerOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  sourceMap: true,
  removeComments: true,
  newLine: ts.NewLineKind.LineFeed,
  // Without its ending, a source or the declarations beside compiled JavaScript are found.
  paths: Object.fromEntries(
    Object.entries(linkedPackages).map(([name, file]) => [name, [file.replace(/\.[jt]s$/, '')]]),
  ),
};

export interface ConfigProgram {
  readonly program: ts.Program;
  readonly resolution: ts.ModuleResolutionHost;
}

/**
 * One program over all of `files` (relative to `home`), so that what they share is read once.
 *
 * @param texts what stands in files instead of what is on disk, by absolute path
 */
export function createConfigProgram(
  home: string,
  files: readonly string[],
  texts: ReadonlyMap<string, string> = new Map(),
): ConfigProgram {
  const project = new Project({ compilerOptions, skipAddingFilesFromTsConfig: true });
  const resolution = project.getModuleResolutionHost();
  const host = Object.assign(ts.createCompilerHost(compilerOptions), resolution, {
    readFile: (path: string) => texts.get(path) ?? resolution.readFile?.(path),
    // ts-morph holds the language's own declarations, and reads them from there.
    getDefaultLibLocation: () => '/node_modules/typescript/lib',
    // What comments say is a good part of all there is to parse, and nothing to a type.
    jsDocParsingMode: ts.JSDocParsingMode.ParseForTypeErrors,
  });
  const rootNames = files.map((file) => join(home, file));
  return { program: ts.createProgram({ rootNames, options: compilerOptions, host }), resolution };
}
