import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import type { SyntaxNode } from './python-parser.ts';
import type { Binding, ForeignCall, PythonValue, Scope, Unknown } from './python-value.ts';

/** One file that is being evaluated. */
export interface Evaluation {
  /** Absolute path. */
  readonly file: string;
  /** What Python would stop at, and statements that are not evaluated. */
  readonly issues: ConfigIssue[];
  /** Calls of what was imported, in the order in which they were made. */
  readonly calls: ForeignCall[];
  /** Statements that may still be carried out: a loop may be long. */
  budget: number;
  /** Functions that are being called, to tell where one calls itself. */
  depth: number;
}

export function startEvaluation(file: string): Evaluation {
  return { file, issues: [], calls: [], budget: 100_000, depth: 0 };
}

export function placeOf(node: SyntaxNode, { file }: Evaluation): SourceLocation {
  return { file, line: node.startPosition.row + 1, column: node.startPosition.column + 1 };
}

/** A value that is not known, made at `node`. */
export function unknown(why: string, node: SyntaxNode, evaluation: Evaluation): Unknown {
  return { kind: 'unknown', why, at: placeOf(node, evaluation) };
}

/** Something imported, by its dotted name. */
export function foreign(name: string, node: SyntaxNode, evaluation: Evaluation): Unknown {
  return { ...unknown(`\`${name}\` is known only when Python runs`, node, evaluation), name };
}

export function report(code: string, message: string, node: SyntaxNode, evaluation: Evaluation): void {
  evaluation.issues.push({ code, message, at: placeOf(node, evaluation) });
}

export function lookUp(name: string, scope: Scope | undefined): Binding | undefined {
  for (let at = scope; at; at = at.outer) {
    const binding = at.names.get(name);
    if (binding) return binding;
  }
  return undefined;
}

export function bind(
  name: string,
  value: PythonValue,
  scope: Scope,
  node: SyntaxNode,
  evaluation: Evaluation,
): void {
  scope.names.set(name, { value, at: placeOf(node, evaluation) });
}
