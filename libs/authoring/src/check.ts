import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ts } from 'ts-morph';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { describeDiagnostic, withoutConsequences } from './diagnostic.ts';
import { sha256 } from './fingerprint.ts';
import { foreignSyntax } from './foreign-syntax.ts';
import { createLinker, withLinks } from './link.ts';
import type { Linker } from './link.ts';
import { withPositions } from './positions.ts';
import type { Names } from './positions.ts';
import { compilerOptions, createConfigProgram } from './program.ts';
import { literalName } from './literal-name.ts';
import { lostCouplings } from './lost-couplings.ts';
import { notTooDeep, tooDeepModule, withoutTooDeep } from './too-deep.ts';
import { unknownFields } from './unknown-fields.ts';
import { originModuleUrl } from './shared-modules.ts';

/** An authored module, checked and compiled. */
export interface CheckedModule {
  /** Relative to the workspace root, with forward slashes. */
  readonly file: string;
  /** Authored modules that it imports. */
  readonly imports: readonly string[];
  /** Other files of the workspace that it imports as they are, and what those import; paths as `file`. */
  readonly reads: readonly string[];
  /** Whether it imports nothing but authored modules, `@mixlab/dsl` and parts of Node. */
  readonly isSelfContained: boolean;
  readonly issues: readonly ConfigIssue[];
  /** The experiment's name where it is written out, for files that cannot be loaded. */
  readonly name: string | undefined;
  /** Where it first waits for something while it is loaded. */
  readonly waits: SourceLocation | undefined;
  readonly code: string;
  readonly sourceMap: string;
}

export interface CheckResult {
  readonly modules: readonly CheckedModule[];
  /** SHA-256 of every file that took part, the authored ones and those that their types come from, by absolute path. */
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Type-checks all authored files in one program and compiles them to ES modules in which every value knows its
 * position. Takes a second or so: callers keep the result.
 */
export function checkConfigs(home: string, files: readonly string[]): CheckResult {
  return withoutTooDeep(home, files, (tooDeep) => checkBut(tooDeep, home, files));
}

/** The same with files that are known to be too deep, of which nothing else is told. */
function checkBut(tooDeep: ReadonlySet<string>, home: string, files: readonly string[]): CheckResult {
  const nothing = new Map([...tooDeep].map((path) => [path, 'export {};']));
  const { program, resolution } = createConfigProgram(home, files, nothing);
  const linker = createLinker(join(home, 'configs'), compilerOptions, resolution);
  const checker = program.getTypeChecker();
  const name = (path: string): string => relative(home, path).split(sep).join('/');

  const names: Names = {
    checker,
    fileOf: ({ fileName }) => (name(fileName).startsWith('configs/') ? name(fileName) : undefined),
  };

  /** The unknown fields that the compiler left out when it stopped at another mistake in the same object. */
  function untold(told: readonly ConfigIssue[], source: ts.SourceFile, file: string): ConfigIssue[] {
    if (told.length === 0) return [];
    const places = new Set(told.map(({ at }) => `${at?.line}:${at?.column}`));
    return unknownFields(source, file, checker).filter(({ at }) => !places.has(`${at?.line}:${at?.column}`));
  }

  function checkModule(source: ts.SourceFile, imports: readonly string[]): CheckedModule {
    const file = name(source.fileName);
    if (tooDeep.has(source.fileName)) return tooDeepModule(file);
    return notTooDeep(source.fileName, () => checkWhole(source, file, imports));
  }

  function checkWhole(source: ts.SourceFile, file: string, imports: readonly string[]): CheckedModule {
    const syntactic = program.getSyntacticDiagnostics(source);
    // What the compiler makes of a text with a bracket too few says little about it.
    const diagnostics = syntactic.length > 0 ? syntactic : program.getSemanticDiagnostics(source);
    const described = withoutConsequences(diagnostics).flatMap(
      (diagnostic) => describeDiagnostic(diagnostic, file, checker) ?? [],
    );
    const reads = readBy(source);
    return {
      file,
      imports: imports.map(name),
      reads: reads.map(name),
      isSelfContained: !specifiersOf(source.text).some((each) => linker.isForeign(each, source.fileName)),
      issues: [
        ...otherEncoding(source, file),
        ...described,
        ...(syntactic.length > 0
          ? []
          : [...untold(described, source, file), ...lostCouplings(source, file, checker)]),
        ...reads.flatMap((path) => foreignSyntax(path, name(path))),
      ],
      name: literalName(source),
      waits: firstAwait(source, file),
      ...compile(program, source, file, linker, names),
    };
  }

  /** What is not compiled of all that a module leads to in the workspace. */
  function readBy(source: ts.SourceFile): string[] {
    const found = new Set([source.fileName]);
    for (const path of found) {
      const text = path === source.fileName ? source.text : (program.getSourceFile(path)?.text ?? '');
      for (const specifier of specifiersOf(text)) {
        const target = linker.foreign(specifier, path);
        if (target && !isOutside(relative(home, target))) found.add(target);
      }
    }
    found.delete(source.fileName);
    return [...found];
  }

  const modules: CheckedModule[] = [];
  const queue = files.map((file) => join(home, file));
  for (const path of queue) {
    const source = program.getSourceFile(path);
    if (!source) continue;
    const imports = authoredImports(source, linker);
    modules.push(checkModule(source, imports));
    queue.push(...imports.filter((target) => !queue.includes(target)));
  }
  const inputs = program
    .getSourceFiles()
    .filter((source) => !program.isSourceFileDefaultLibrary(source))
    .map((source) => [source.fileName, sha256(source.text)] as const);
  return { modules, inputs: Object.fromEntries(inputs) };
}

/** The first place of a file whose bytes are no UTF-8: what it says would be changed in silence. */
function otherEncoding(source: ts.SourceFile, file: string): ConfigIssue[] {
  const index = source.text.indexOf('\ufffd');
  if (index < 0 || isUtf8(readFileSync(source.fileName))) return [];
  const { line, character } = source.getLineAndCharacterOfPosition(index);
  const at = { file, line: line + 1, column: character + 1 };
  return [{ code: 'encoding', message: 'this is not UTF-8: save the file in that encoding', at }];
}

/** The first `await` outside of functions. */
function firstAwait(source: ts.SourceFile, file: string): SourceLocation | undefined {
  const find = (node: ts.Node): ts.Node | undefined => {
    if (ts.isFunctionLike(node)) return undefined;
    return ts.isAwaitExpression(node) ? node : ts.forEachChild(node, find);
  };
  const found = find(source);
  if (!found) return undefined;
  const { line, character } = source.getLineAndCharacterOfPosition(found.getStart(source));
  return { file, line: line + 1, column: character + 1 };
}

function authoredImports(source: ts.SourceFile, linker: Linker): string[] {
  return specifiersOf(source.text).flatMap((specifier) => linker.authored(specifier, source.fileName) ?? []);
}

function isOutside(path: string): boolean {
  return path.startsWith('..') || path.split(sep).includes('node_modules');
}

function specifiersOf(text: string): string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((imported) => imported.fileName);
}

function compile(program: ts.Program, source: ts.SourceFile, file: string, linker: Linker, names: Names) {
  const output = { code: '', sourceMap: '' };
  program.emit(
    source,
    (path, text) => {
      if (path.endsWith('.map')) output.sourceMap = text;
      // The map is read when something throws, by us alone: no comment that names it.
      else output.code = text.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n');
    },
    undefined,
    false,
    { before: [withPositions(file, originModuleUrl, names), withLinks(source.fileName, linker)] },
  );
  return output;
}
