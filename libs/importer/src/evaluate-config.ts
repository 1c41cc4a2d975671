import { dirname, extname, resolve } from 'node:path';
import type { ConfigIssue, JsonObject, SourceLocation } from '@mixlab/contracts';
import type { ConfigFiles } from './config-files.ts';
import { parseJson, parseYaml } from './data-files.ts';
import { evaluateText, syntaxError } from './evaluate-module.ts';
import { fillPlaceholders, joinBases, merge } from './inheritance.ts';
import { substitute } from './placeholders.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import type { PythonParser } from './python-parser.ts';
import type { Binding, DictEntry, PythonDict, PythonValue, Unknown } from './python-value.ts';
import { isKind, isUnknown, keyOf, pyDict, settled } from './python-value.ts';
import { toJson } from './to-json.ts';
import type { UnknownAt } from './to-json.ts';

/** A config with all that it inherits. */
export interface EvaluatedConfig {
  /** As mmcv's `Config.fromfile` gives it, in its order of keys; tuples are lists, what is not known is `null`. */
  readonly value: JsonObject;
  /** The same as Python has it: ints and floats are two things. */
  readonly python: PythonDict;
  /** The values that stand as `null` because they are not known. */
  readonly unknown: readonly UnknownAt[];
  /** One for each of those (`not-static`), and what mmcv itself would stop at. */
  readonly issues: readonly ConfigIssue[];
  /** Absolute paths of the file and of its bases, it first. */
  readonly files: readonly string[];
}

/** Issues with these codes leave a value open; any other means that mmcv cannot load the config either. */
export const NOT_STATIC = 'not-static';

/**
 * Evaluates a config of mmcv's dialect, `.py`, `.json` or `.yaml`, with its bases, without running Python.
 *
 * @param path absolute
 */
export function evaluateConfig(parser: PythonParser, files: ConfigFiles, path: string): EvaluatedConfig {
  const loading: Loading = { parser, files, issues: [], paths: [] };
  const python = load(resolve(path), undefined, [], loading);
  for (const name of ['filename', 'text', 'pretty_text']) {
    const entry = python.entries.get(keyOf(name));
    if (entry)
      stop(loading, 'python-error', `KeyError: \`${name}\` is a name that mmcv keeps for itself`, entry.at);
  }
  const { value, unknown } = toJson(python);
  const open = unknown.map(({ path: keys, why, at }) => ({
    code: NOT_STATIC,
    message: why,
    path: keys.join('.'),
    ...(at ? { at } : {}),
  }));
  const issues = [
    ...loading.issues.filter(({ code }) => code !== NOT_STATIC),
    ...leftOut(loading.issues),
    ...open,
  ];
  return { value: value as JsonObject, python, unknown, issues, files: [...new Set(loading.paths)] };
}

/** Statements that were left out, each once: a base may be read twice. */
function leftOut(issues: readonly ConfigIssue[]): ConfigIssue[] {
  const known = new Map(
    issues.filter(({ code }) => code === NOT_STATIC).map((issue) => [JSON.stringify(issue), issue]),
  );
  return [...known.values()];
}

interface Loading {
  readonly parser: PythonParser;
  readonly files: ConfigFiles;
  readonly issues: ConfigIssue[];
  readonly paths: string[];
}

/** A file with what it inherits. `around` are the files that inherit from it. */
function load(
  path: string,
  from: SourceLocation | undefined,
  around: readonly string[],
  loading: Loading,
): PythonDict {
  if (around.includes(path)) {
    stop(loading, 'missing-base', `${path} inherits from itself`, from);
    return pyDict();
  }
  if (!loading.files.exists(path)) {
    stop(loading, around.length > 0 ? 'missing-base' : 'missing-file', `there is no ${path}`, from);
    return pyDict();
  }
  loading.paths.push(path);
  const own = parse(path, from, loading);
  own.entries.delete(keyOf('_deprecation_'));
  const base = own.entries.get(keyOf('_base_'));
  own.entries.delete(keyOf('_base_'));
  const place = base?.at ?? { file: path, line: 1, column: 1 };
  const bases = basesOf(base?.value, place, loading).map((name) =>
    load(resolve(dirname(path), name), place, [...around, path], loading),
  );
  const lost = (entry: DictEntry | undefined): Unknown => {
    const why = 'mmcv replaces a `{{ _base_.… }}` only where it is the whole value';
    return { kind: 'unknown', why, at: entry?.at ?? place };
  };
  return (
    attempt(loading, place, () => {
      const joined = joinBases(bases);
      const filled = fillPlaceholders(own, joined, lost);
      return isKind(filled, 'dict') ? merge(filled, joined) : own;
    }) ?? own
  );
}

function parse(path: string, from: SourceLocation | undefined, loading: Loading): PythonDict {
  const kind = extname(path);
  const written = loading.files.read(path);
  const text = substitute(written, path);
  if (kind === '.py') return parsePython(path, written, text, loading);
  if (!/^\.(json|ya?ml)$/.test(kind)) {
    stop(loading, 'missing-base', `${path} is no config: mmcv reads .py, .json, .yaml and .yml`, from);
    return pyDict();
  }
  const place = { file: path, line: 1, column: 1 };
  const unknown = (tag: string, line: number): Unknown => {
    return { kind: 'unknown', why: `\`${tag}\` is not evaluated`, at: { file: path, line, column: 1 } };
  };
  const value = attempt(loading, place, () =>
    kind === '.json' ? parseJson(text) : parseYaml(text, unknown),
  );
  if (isKind(value, 'dict')) return value;
  if (value !== undefined) stop(loading, 'python-error', `${path} holds no dict`, place);
  return pyDict();
}

function parsePython(path: string, written: string, text: string, loading: Loading): PythonDict {
  const { scope, issues } = evaluateText(loading.parser, text, path, 'config');
  loading.issues.push(...issues);
  // mmcv looks at the file as it was written, too.
  const wrong = text === written ? undefined : syntaxError(loading.parser.parse(written));
  if (wrong && !issues.some(({ code }) => code === 'python-syntax')) {
    const { row, column } = wrong.startPosition;
    stop(loading, 'python-syntax', 'this is no Python', { file: path, line: row + 1, column: column + 1 });
  }
  const entries = [...scope.names].filter(([name, binding]) => !name.startsWith('__') && isKept(binding));
  return pyDict(entries.map(([key, { value, at }]) => ({ key, value, at })));
}

/** mmcv leaves out modules and functions, except those of Python's own that are not written in Python. */
function isKept({ value }: Binding): boolean {
  if (isKind(value, 'module') || isKind(value, 'function')) return false;
  return !(isUnknown(value) && value.call === undefined && /^(copy|os\.path)\.\w+$/.test(value.name ?? ''));
}

function basesOf(given: PythonValue | undefined, at: SourceLocation, loading: Loading): string[] {
  if (given === undefined) return [];
  const value = settled(given);
  const items = isKind(value, 'list') ? value.items : [value];
  return items.flatMap((item) => {
    if (typeof item === 'string') return [item];
    if (isUnknown(item)) stop(loading, NOT_STATIC, `which base it has: ${item.why}`, item.at);
    else stop(loading, 'python-error', 'TypeError: a base is named by a string', at);
    return [];
  });
}

function attempt<T>(loading: Loading, place: SourceLocation, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PythonError) && !(error instanceof NotEvaluated)) throw error;
    stop(
      loading,
      error instanceof PythonError ? 'python-error' : NOT_STATIC,
      error.message,
      error.at ?? place,
    );
    return undefined;
  }
}

function stop(loading: Loading, code: string, message: string, at: SourceLocation | undefined): void {
  loading.issues.push({ code, message, ...(at ? { at } : {}) });
}
