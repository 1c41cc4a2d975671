import { assign } from './assignments.ts';
import type { Evaluation } from './evaluation.ts';
import { bind, unknown } from './evaluation.ts';
import { evaluate, field, partsOf } from './expressions.ts';
import type { Arguments } from './methods.ts';
import { PythonError } from './python-error.ts';
import type { SyntaxNode } from './python-parser.ts';
import type { PythonFunction, PythonValue, Scope } from './python-value.ts';
import { pyDict, pyTuple } from './python-value.ts';
import { runBlock } from './statements.ts';

const MAX_DEPTH = 50;

/** Carries out a function of the file. */
export function callFunction(
  callee: PythonFunction,
  given: Arguments,
  node: SyntaxNode,
  evaluation: Evaluation,
): PythonValue {
  if (evaluation.depth >= MAX_DEPTH)
    return unknown(`\`${callee.name}\` calls itself too often`, node, evaluation);
  const scope: Scope = { names: new Map(), outer: callee.scope };
  bindParameters(callee, given, scope, evaluation);
  const body = field(callee.node, 'body');
  if (callee.node.type === 'lambda') return evaluate(body, scope, evaluation);
  evaluation.depth += 1;
  try {
    const ended = runBlock(body, scope, evaluation);
    return ended?.kind === 'return' ? ended.value : null;
  } finally {
    evaluation.depth -= 1;
  }
}

function bindParameters(
  callee: PythonFunction,
  given: Arguments,
  scope: Scope,
  evaluation: Evaluation,
): void {
  const list = callee.node.childForFieldName('parameters');
  const args = [...given.args];
  const keywords = new Map(given.keywords);
  let isKeywordOnly = false;
  for (const parameter of list ? partsOf(list) : []) {
    const inner = parameter.type === 'typed_parameter' ? (partsOf(parameter)[0] as SyntaxNode) : parameter;
    const name = inner.childForFieldName('name') ?? (partsOf(inner)[0] as SyntaxNode | undefined) ?? inner;
    if (inner.type === 'list_splat_pattern') {
      bind(name.text, pyTuple(args.splice(0)), scope, name, evaluation);
      isKeywordOnly = true;
    } else if (inner.type === 'dictionary_splat_pattern') {
      const rest = Array.from(keywords, ([key, value]) => ({ key, value }));
      bind(name.text, pyDict(rest), scope, name, evaluation);
      keywords.clear();
    } else if (inner.type === 'keyword_separator') isKeywordOnly = true;
    else if (inner.type !== 'positional_separator') {
      const positional = isKeywordOnly ? undefined : args.shift();
      const fallback = inner.childForFieldName('value');
      const value =
        positional ??
        keywords.get(name.text) ??
        (fallback ? evaluate(fallback, callee.scope, evaluation) : undefined);
      if (positional === undefined && args.length === 0 && value === undefined)
        throw new PythonError('TypeError', `${callee.name}() misses the argument '${name.text}'`);
      keywords.delete(name.text);
      assign(name, value ?? null, scope, evaluation);
    }
  }
  const [unexpected] = keywords.keys();
  if (args.length > 0 || unexpected !== undefined)
    throw new PythonError(
      'TypeError',
      `${callee.name}() got an unexpected argument ${unexpected ?? ''}`.trim(),
    );
}
