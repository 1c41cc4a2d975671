import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';

/**
 * The first syntax error of a file that is imported as it is: whoever loads it tells no place.
 *
 * @param path absolute
 * @param file the name that errors show
 */
export function foreignSyntax(path: string, file: string): ConfigIssue[] {
  const text = readFileSync(path, 'utf8');
  const [first] = extname(path) === '.json' ? inJson(path, text) : inModule(path, text);
  if (!first) return [];
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext);
  const { line, character } = source.getLineAndCharacterOfPosition(first.start ?? 0);
  const message = ts.flattenDiagnosticMessageText(first.messageText, ' ');
  return [{ code: 'syntax', message, at: { file, line: line + 1, column: character + 1 } }];
}

/** Of what JSON is not, the compiler, which takes more for it, may know no place. */
function inJson(path: string, text: string): readonly ts.Diagnostic[] {
  try {
    JSON.parse(text);
    return [];
  } catch (error) {
    const { error: found } = ts.parseConfigFileTextToJson(path, text);
    return [found ?? { ...noPlace, messageText: (error as Error).message }];
  }
}

const noPlace = {
  category: ts.DiagnosticCategory.Error,
  code: 0,
  file: undefined,
  start: 0,
  length: 0,
};

function inModule(path: string, text: string): readonly ts.Diagnostic[] {
  if (!/^\.[cm]?[jt]sx?$/.test(extname(path))) return [];
  const compilerOptions = { allowJs: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext };
  return (
    ts.transpileModule(text, { fileName: path, reportDiagnostics: true, compilerOptions }).diagnostics ?? []
  );
}
