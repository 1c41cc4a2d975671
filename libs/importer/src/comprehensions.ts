import { assign } from './assignments.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluate, field, partsOf } from './expressions.ts';
import { MAX_LENGTH, itemsOf, truthy } from './operators.ts';
import { NotEvaluated } from './python-error.ts';
import type { SyntaxNode } from './python-parser.ts';
import type { PythonValue, Scope, Unknown } from './python-value.ts';
import { isUnknown, pyTuple } from './python-value.ts';

/** The items of a comprehension; a key and its value as a pair. */
export function comprehension(
  node: SyntaxNode,
  outer: Scope,
  evaluation: Evaluation,
): PythonValue[] | Unknown {
  const body = field(node, 'body');
  const clauses = partsOf(node).slice(1);
  const scope: Scope = { names: new Map(), outer };
  const items: PythonValue[] = [];
  const run = (at: number): Unknown | undefined => {
    const clause = clauses[at];
    if (!clause) {
      const item = body.type === 'pair' ? pairOf(body, scope, evaluation) : evaluate(body, scope, evaluation);
      if (items.push(item) > MAX_LENGTH) throw new NotEvaluated('a list is too long');
      return undefined;
    }
    if (clause.type === 'if_clause') {
      const condition = evaluate(partsOf(clause)[0] as SyntaxNode, scope, evaluation);
      if (isUnknown(condition)) return condition;
      return truthy(condition) ? run(at + 1) : undefined;
    }
    const source = evaluate(field(clause, 'right'), scope, evaluation);
    if (isUnknown(source)) return source;
    for (const item of itemsOf(source)) {
      assign(field(clause, 'left'), item, scope, evaluation);
      const given = run(at + 1);
      if (given) return given;
    }
    return undefined;
  };
  return run(0) ?? items;
}

function pairOf(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const key = evaluate(field(node, 'key'), scope, evaluation);
  if (isUnknown(key)) throw new NotEvaluated(key.why);
  return pyTuple([key, evaluate(field(node, 'value'), scope, evaluation)]);
}
