import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { SourceLocation } from '@mixlab/contracts';
import { originOf } from '@mixlab/dsl/origin';
import { readCompiled, recordCheck, writeModules } from './compiled-cache.ts';
import type { CompiledModules } from './compiled-cache.ts';
import { checkKey, hashFile } from './fingerprint.ts';
import { importModule } from './import-module.ts';
import { readForeignModules } from './shared-modules.ts';

const MODULE = 'recipes.ts';
/** Nx takes a literal within require.resolve for an import that is put off. */
const RECIPES = '@mixlab/catalog/recipes';
const require = createRequire(import.meta.url);

/** Where a recipe of the catalog sets the value at a path; undefined where there is no such recipe or value. */
export type RecipePlaces = (recipe: string, path: readonly string[]) => SourceLocation | undefined;

/**
 * Reads the catalog's recipes as authored files are read, so that each value has its place: in the sources of a clone, in
 * the compiled files of an installed package. Compiles them once, as long as they stay the same.
 */
export async function readRecipePlaces(
  home: string,
  cacheDir = join(home, '.mixlab', 'cache', 'recipes'),
): Promise<RecipePlaces> {
  const path = require.resolve(RECIPES);
  const compiled = readCompiled(cacheDir, checkKey(home, [path])) ?? (await compile(home, cacheDir, path));
  await readForeignModules();
  const imported = await importModule(compiled.folder, MODULE);
  compiled.discard?.();
  if ('issues' in imported) return () => undefined;
  const recipes = Object.values(imported.exported['recipes'] as Readonly<Record<string, Recipe>>);
  const byName = new Map(recipes.map((recipe) => [recipe.name, recipe]));
  return (recipe, inner) => {
    const values = byName.get(recipe)?.values;
    return values && placeIn(values, inner);
  };
}

interface Recipe {
  readonly name: string;
  readonly values: object;
}

function placeIn(values: object, path: readonly string[]): SourceLocation | undefined {
  let inner: unknown = values;
  let place: SourceLocation | undefined;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) break;
    const part = (inner as Readonly<Record<string, unknown>>)[key];
    place = originOf(inner, key) ?? originOf(part) ?? (place && { ...place, brought: true });
    inner = part;
  }
  return place;
}

async function compile(home: string, cacheDir: string, path: string): Promise<CompiledModules> {
  const [{ ts }, { withLinks }, { withPositions }, { originModuleUrl }] = await Promise.all([
    import('ts-morph'),
    import('./link.ts'),
    import('./positions.ts'),
    import('./shared-modules.ts'),
  ]);
  const shown = relative(home, path);
  const isInside = !shown.startsWith('..') && !isAbsolute(shown);
  const file = isInside ? shown.split(sep).join('/') : path;
  // Other modules are the installed ones: what they bring stands where the recipe takes it.
  const links = { link: (specifier: string) => new URL(specifier, pathToFileURL(path)).href };
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
    fileName: path,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    transformers: { before: [withPositions(file, originModuleUrl), withLinks(path, links)] },
  });
  const nothing = { imports: [], reads: [], issues: [], name: undefined, waits: undefined, sourceMap: '' };
  const module = { file: MODULE, isSelfContained: false, ...nothing };
  const compiled = writeModules(cacheDir, home, [{ ...module, code: outputText }]);
  recordCheck(cacheDir, checkKey(home, [path]), { [path]: hashFile(path) ?? '' }, compiled);
  return compiled;
}
