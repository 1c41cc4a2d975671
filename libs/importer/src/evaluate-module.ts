import type { ConfigIssue } from '@mixlab/contracts';
import type { ConfigFiles } from './config-files.ts';
import { bind, placeOf, startEvaluation } from './evaluation.ts';
import type { PythonParser, SyntaxNode } from './python-parser.ts';
import type { ForeignCall, Scope } from './python-value.ts';
import { runModule } from './statements.ts';

/** What is known of a Python file. */
export interface EvaluatedModule {
  /** Its names, in the order in which they were first assigned. */
  readonly scope: Scope;
  /** Calls of what it imported, those inside its own functions too, in the order in which they were made. */
  readonly calls: readonly ForeignCall[];
  /** What Python would stop at (`python-syntax`, `python-error`), and what is left out (`not-static`). */
  readonly issues: readonly ConfigIssue[];
  readonly root: SyntaxNode;
}

/**
 * Evaluates a Python file without running it.
 *
 * @param path absolute
 * @param name `__main__` for a script, which then carries out what stands under `if __name__ == '__main__'`
 */
export function evaluateModule(
  parser: PythonParser,
  files: ConfigFiles,
  path: string,
  name = '__main__',
): EvaluatedModule {
  return evaluateText(parser, files.read(path), path, name);
}

/** The same of a text that stands for the file. */
export function evaluateText(
  parser: PythonParser,
  text: string,
  path: string,
  name: string,
): EvaluatedModule {
  const root = parser.parse(text);
  const evaluation = startEvaluation(path);
  const scope: Scope = { names: new Map() };
  const wrong = syntaxError(root);
  if (wrong) {
    const what = wrong.isMissing ? `\`${wrong.type}\` is missing` : 'this is no Python';
    evaluation.issues.push({ code: 'python-syntax', message: what, at: placeOf(wrong, evaluation) });
  }
  bind('__name__', name, scope, root, evaluation);
  if (!wrong) runModule(root, scope, evaluation);
  const { calls, issues } = evaluation;
  return { scope, calls, issues, root };
}

/** The first node that is no Python. */
export function syntaxError(node: SyntaxNode): SyntaxNode | undefined {
  if (!node.hasError) return undefined;
  for (const child of node.children) {
    if (child?.isError || child?.isMissing) return child;
    const inner = child ? syntaxError(child) : undefined;
    if (inner) return inner;
  }
  return node.isError ? node : undefined;
}
