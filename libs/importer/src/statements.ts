import { assign, doubtAll } from './assignments.ts';
import { moduleConstants } from './builtins.ts';
import type { Evaluation } from './evaluation.ts';
import { bind, foreign, placeOf, report, unknown } from './evaluation.ts';
import { evaluate, field, partsOf } from './expressions.ts';
import { binary, integerOf, itemsOf, truthy } from './operators.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import type { SyntaxNode } from './python-parser.ts';
import { pythonRepr } from './python-text.ts';
import type { PythonValue, Scope, Unknown } from './python-value.ts';
import { isKind, isUnknown, keyOf } from './python-value.ts';

/** What ends a block before its last statement. */
type Ended =
  { readonly kind: 'break' | 'continue' } | { readonly kind: 'return'; readonly value: PythonValue };

/** Carries out the statements of a block. What Python would stop at is reported, and those after it are left out. */
export function runBlock(block: SyntaxNode, scope: Scope, evaluation: Evaluation): Ended | undefined {
  for (const statement of partsOf(block)) {
    const ended = runStatement(statement, scope, evaluation);
    if (ended) return ended;
  }
  return undefined;
}

function runStatement(node: SyntaxNode, scope: Scope, evaluation: Evaluation): Ended | undefined {
  if (evaluation.budget-- <= 0) throw new NotEvaluated('this runs too long');
  const kind = kinds[node.type];
  try {
    if (kind) return kind(node, scope, evaluation);
  } catch (error) {
    // The innermost statement says where.
    if (error instanceof PythonError || error instanceof NotEvaluated) error.at ??= placeOf(node, evaluation);
    throw error;
  }
  giveUp(node, `a ${node.type.replaceAll('_', ' ')} is not evaluated`, scope, evaluation);
  return undefined;
}

/** Reports a statement that is not evaluated; all that it may change is not known from there on. */
function giveUp(node: SyntaxNode, why: string, scope: Scope, evaluation: Evaluation): void {
  report('not-static', why, node, evaluation);
  doubtAll(node, unknown(why, node, evaluation), scope, evaluation);
}

type Kind = (node: SyntaxNode, scope: Scope, evaluation: Evaluation) => Ended | undefined;

const kinds: Readonly<Record<string, Kind>> = {
  expression_statement: expression,
  if_statement: conditional,
  for_statement: loop,
  function_definition(node, scope, evaluation) {
    const name = field(node, 'name').text;
    bind(name, { kind: 'function', name, node, scope }, scope, node, evaluation);
    return undefined;
  },
  import_statement: importModules,
  import_from_statement: importNames,
  future_import_statement: () => undefined,
  pass_statement: () => undefined,
  break_statement: () => ({ kind: 'break' }),
  continue_statement: () => ({ kind: 'continue' }),
  return_statement(node, scope, evaluation) {
    const [value] = partsOf(node);
    return { kind: 'return', value: value ? evaluate(value, scope, evaluation) : null };
  },
  assert_statement(node, scope, evaluation) {
    const [condition] = partsOf(node).map((part) => evaluate(part, scope, evaluation));
    if (condition !== undefined && !isUnknown(condition) && !truthy(condition))
      throw new PythonError('AssertionError', node.text);
    return undefined;
  },
  delete_statement(node, scope, evaluation) {
    const targets = partsOf(node).flatMap((part) =>
      part.type === 'expression_list' ? partsOf(part) : [part],
    );
    for (const target of targets) remove(target, scope, evaluation);
    return undefined;
  },
};

function expression(node: SyntaxNode, scope: Scope, evaluation: Evaluation): undefined {
  const [first, ...others] = partsOf(node);
  for (const part of first ? [first, ...others] : []) {
    if (part.type === 'assignment') assignment(part, scope, evaluation);
    else if (part.type === 'augmented_assignment') augmented(part, scope, evaluation);
    else evaluate(part, scope, evaluation);
  }
  return undefined;
}

/** `a = b = value`, the leftmost first; an annotation alone gives no value. */
function assignment(node: SyntaxNode, scope: Scope, evaluation: Evaluation): void {
  const targets = [field(node, 'left')];
  let right = node.childForFieldName('right');
  for (; right?.type === 'assignment'; right = right.childForFieldName('right'))
    targets.push(field(right, 'left'));
  if (!right) return;
  const value = evaluate(right, scope, evaluation);
  for (const target of targets) assign(target, value, scope, evaluation);
}

function augmented(node: SyntaxNode, scope: Scope, evaluation: Evaluation): void {
  const target = field(node, 'left');
  const left = evaluate(target, scope, evaluation);
  const right = evaluate(field(node, 'right'), scope, evaluation);
  const operator = field(node, 'operator').text.slice(0, -1);
  if (isUnknown(left) || isUnknown(right))
    return assign(target, isUnknown(left) ? left : right, scope, evaluation);
  // A list grows in place, for all of its names.
  if (operator === '+' && isKind(left, 'list')) left.items.push(...itemsOf(right));
  else assign(target, binary(operator, left, right), scope, evaluation);
}

function conditional(node: SyntaxNode, scope: Scope, evaluation: Evaluation): Ended | undefined {
  const branches = [node, ...node.childrenForFieldName('alternative')];
  for (const branch of branches) {
    if (!branch) continue;
    if (branch.type === 'else_clause') return runBlock(field(branch, 'body'), scope, evaluation);
    const condition = evaluate(field(branch, 'condition'), scope, evaluation);
    if (isUnknown(condition))
      return void giveUp(node, `which branch is taken: ${condition.why}`, scope, evaluation);
    if (truthy(condition)) return runBlock(field(branch, 'consequence'), scope, evaluation);
  }
  return undefined;
}

function loop(node: SyntaxNode, scope: Scope, evaluation: Evaluation): Ended | undefined {
  const source = evaluate(field(node, 'right'), scope, evaluation);
  if (isUnknown(source))
    return void giveUp(node, `what the loop goes through: ${source.why}`, scope, evaluation);
  for (const item of [...itemsOf(source)]) {
    assign(field(node, 'left'), item, scope, evaluation);
    const ended = runBlock(field(node, 'body'), scope, evaluation);
    if (ended?.kind === 'return') return ended;
    if (ended?.kind === 'break') return undefined;
  }
  const otherwise = node.childForFieldName('alternative');
  return otherwise ? runBlock(field(otherwise, 'body'), scope, evaluation) : undefined;
}

function importModules(node: SyntaxNode, scope: Scope, evaluation: Evaluation): undefined {
  for (const part of partsOf(node)) {
    const alias = part.childForFieldName('alias');
    const dotted = alias ? field(part, 'name').text : part.text;
    // `import os.path` gives the name `os`.
    const name = alias ? dotted : (dotted.split('.')[0] ?? dotted);
    bind(alias?.text ?? name, { kind: 'module', name }, scope, part, evaluation);
  }
  return undefined;
}

function importNames(node: SyntaxNode, scope: Scope, evaluation: Evaluation): undefined {
  const [from, ...names] = partsOf(node);
  for (const part of names) {
    if (part.type === 'wildcard_import') {
      report('not-static', `what \`${node.text}\` brings is not known`, node, evaluation);
      continue;
    }
    const alias = part.childForFieldName('alias');
    const name = alias ? field(part, 'name').text : part.text;
    const dotted = `${from?.text}.${name}`;
    const value = moduleConstants[dotted] ?? foreign(dotted, part, evaluation);
    bind(alias?.text ?? name, value, scope, part, evaluation);
  }
  return undefined;
}

function remove(target: SyntaxNode, scope: Scope, evaluation: Evaluation): void {
  if (target.type === 'identifier') {
    if (!scope.names.delete(target.text))
      throw new PythonError('NameError', `name '${target.text}' is not defined`);
    return;
  }
  if (target.type !== 'subscript')
    return giveUp(target, `\`del ${target.text}\` is not evaluated`, scope, evaluation);
  const container = evaluate(field(target, 'value'), scope, evaluation);
  const key = evaluate(field(target, 'subscript'), scope, evaluation);
  if (isUnknown(container)) return;
  const at = integerOf(key);
  if (isKind(container, 'dict') && container.entries.delete(keyOf(key))) return;
  if (isKind(container, 'list') && at !== undefined && container.items.splice(Number(at), 1).length > 0)
    return;
  throw new PythonError('KeyError', pythonRepr(key));
}

/** Carries out a whole file; what stops it is reported where its statement stands. */
export function runModule(module: SyntaxNode, scope: Scope, evaluation: Evaluation): void {
  for (const statement of partsOf(module)) {
    try {
      runStatement(statement, scope, evaluation);
    } catch (error) {
      if (!(error instanceof PythonError) && !(error instanceof NotEvaluated)) throw error;
      const code = error instanceof PythonError ? 'python-error' : 'not-static';
      const at = error.at ?? placeOf(statement, evaluation);
      evaluation.issues.push({ code, message: error.message, at });
      const why: Unknown = { kind: 'unknown', why: error.message, at };
      doubtAll(statement, why, scope, evaluation);
    }
  }
}
