import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { SourceLocation } from '@mixlab/contracts';

/** Where a class of the training library declares a field; undefined where that is not found. */
export type PythonFields = (model: string, field: string) => SourceLocation | undefined;

interface PythonClass {
  readonly file: string;
  readonly bases: readonly string[];
  /** Line by name, as JSON spells it. */
  readonly fields: ReadonlyMap<string, number>;
}

const require = createRequire(import.meta.url);
/** Parts of the package that hold models of the run config. */
const PARTS = ['config.py', 'methods', 'core'];
const CLASS = /^class (\w+)(?:\[[^\]]*\])?(?:\(([^)]*)\))?:/;
const FIELD = /^ {4}([a-z]\w*): /;

/**
 * Looks fields up in the text of the training library: that of the clone which this package lies in, or of the virtual
 * environment in `home`. Reads nothing before it is asked, and never runs Python.
 */
export function pythonFields(home: string): PythonFields {
  let classes: ReadonlyMap<string, PythonClass> | undefined;
  const find: PythonFields = (model, field) => {
    classes ??= readClasses(home);
    const found = classes.get(model);
    const line = found?.fields.get(field);
    if (found && line !== undefined) return { file: found.file, line, column: 5 };
    for (const base of found?.bases ?? []) {
      const inherited = find(base, field);
      if (inherited) return inherited;
    }
    return undefined;
  };
  return find;
}

function readClasses(home: string): Map<string, PythonClass> {
  const classes = new Map<string, PythonClass>();
  const folder = packageFolders(home).find((path) => existsSync(join(path, 'config.py')));
  for (const path of folder ? PARTS.flatMap((part) => sourcesOf(join(folder, part))) : []) {
    for (const [name, found] of classesIn(path, shownFile(home, path)))
      if (!classes.has(name)) classes.set(name, found);
  }
  return classes;
}

function packageFolders(home: string): string[] {
  const clone = join(dirname(require.resolve('@mixlab/catalog/recipes')), '../../training/src/mixlab');
  const lib = join(home, '.venv', 'lib');
  const versions = existsSync(lib) ? readdirSync(lib) : [];
  return [clone, ...versions.map((version) => join(lib, version, 'site-packages', 'mixlab'))];
}

function sourcesOf(path: string): string[] {
  if (path.endsWith('.py')) return [path];
  const files = existsSync(path) ? readdirSync(path, { recursive: true }).map(String) : [];
  return files.filter((file) => file.endsWith('.py')).map((file) => join(path, file));
}

function* classesIn(path: string, file: string): Generator<readonly [name: string, found: PythonClass]> {
  let fields: Map<string, number> | undefined;
  for (const [index, line] of readFileSync(path, 'utf8').split('\n').entries()) {
    const [, name, bases = ''] = CLASS.exec(line) ?? [];
    if (name !== undefined) {
      fields = new Map();
      yield [name, { file, bases: bases.match(/\w+/g) ?? [], fields }];
    } else if (/^[^\s#)]/.test(line)) {
      fields = undefined;
    }
    const field = FIELD.exec(line)?.[1];
    if (field !== undefined && fields && !fields.has(camelCase(field))) {
      fields.set(camelCase(field), index + 1);
    }
  }
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function shownFile(home: string, path: string): string {
  const shown = relative(home, path);
  return shown.startsWith('..') || isAbsolute(shown) ? path : shown.split(sep).join('/');
}
