import type { Evaluation } from './evaluation.ts';
import { bind, lookUp, placeOf, report } from './evaluation.ts';
import { evaluate, field, partsOf } from './expressions.ts';
import { integerOf, itemsOf } from './operators.ts';
import { PythonError } from './python-error.ts';
import type { SyntaxNode } from './python-parser.ts';
import type { PythonValue, Scope, Unknown } from './python-value.ts';
import { isKind, isUnknown, pyList, setEntry, typeName } from './python-value.ts';

/** `target = value`, where the target may be a name, a subscript, or several of them. */
export function assign(target: SyntaxNode, value: PythonValue, scope: Scope, evaluation: Evaluation): void {
  switch (target.type) {
    case 'identifier':
      return bind(target.text, value, scope, target, evaluation);
    case 'parenthesized_expression':
      return assign(partsOf(target)[0] as SyntaxNode, value, scope, evaluation);
    case 'pattern_list':
    case 'tuple_pattern':
    case 'list_pattern':
      return unpack(partsOf(target), value, scope, evaluation);
    case 'subscript':
      return assignItem(target, value, scope, evaluation);
    default:
      report('not-static', `an assignment to \`${target.text}\` is not evaluated`, target, evaluation);
      doubt(
        target,
        { kind: 'unknown', why: `\`${target.text}\` is assigned to`, at: placeOf(target, evaluation) },
        scope,
      );
  }
}

function unpack(targets: SyntaxNode[], value: PythonValue, scope: Scope, evaluation: Evaluation): void {
  if (isUnknown(value)) {
    for (const target of targets) assign(starred(target) ?? target, value, scope, evaluation);
    return;
  }
  const items = itemsOf(value);
  const star = targets.findIndex((target) => starred(target));
  const needed = star < 0 ? targets.length : targets.length - 1;
  if (star < 0 ? items.length !== needed : items.length < needed)
    throw new PythonError('ValueError', `expected ${needed} values to unpack, got ${items.length}`);
  const extra = items.length - needed;
  targets.forEach((target, at) => {
    const inner = starred(target);
    if (inner) assign(inner, pyList(items.slice(at, at + extra)), scope, evaluation);
    else assign(target, items[star >= 0 && at > star ? at + extra - 1 : at] ?? null, scope, evaluation);
  });
}

function starred(target: SyntaxNode): SyntaxNode | undefined {
  return target.type === 'list_splat_pattern' ? partsOf(target)[0] : undefined;
}

function assignItem(target: SyntaxNode, value: PythonValue, scope: Scope, evaluation: Evaluation): void {
  const container = evaluate(field(target, 'value'), scope, evaluation);
  const key = evaluate(field(target, 'subscript'), scope, evaluation);
  if (isUnknown(container)) return;
  if (isUnknown(key)) return doubt(field(target, 'value'), key, scope);
  if (isKind(container, 'dict')) return setEntry(container, { key, value, at: placeOf(target, evaluation) });
  const at = integerOf(key);
  if (!isKind(container, 'list') || at === undefined)
    throw new PythonError('TypeError', `'${typeName(container)}' object does not support item assignment`);
  const index = Number(at < 0n ? BigInt(container.items.length) + at : at);
  if (index < 0 || index >= container.items.length)
    throw new PythonError('IndexError', 'list assignment index out of range');
  container.items[index] = value;
}

/** Marks what an expression names as changed by something that was not evaluated. */
export function doubt(node: SyntaxNode, why: Unknown, scope: Scope): void {
  const root = rootName(node);
  if (root === undefined) return;
  const value = lookUp(root, scope)?.value;
  if (value !== undefined) mark(value, why);
}

/** Marks a container and all that is in it. */
export function mark(value: PythonValue, why: Unknown): void {
  if (!isKind(value, 'list') && !isKind(value, 'dict')) return;
  if (value.doubt) return;
  value.doubt = why;
  if (isKind(value, 'list')) value.items.forEach((item) => mark(item, why));
  else value.entries.forEach((entry) => mark(entry.value, why));
}

/** The name that `name[key].field` begins with. */
function rootName(node: SyntaxNode): string | undefined {
  if (node.type === 'identifier') return node.text;
  const inner = node.childForFieldName('value') ?? node.childForFieldName('object');
  return inner ? rootName(inner) : undefined;
}

/** All names that statements may give another value, or change the value of, wherever they lead. */
export function doubtAll(node: SyntaxNode, why: Unknown, scope: Scope, evaluation: Evaluation): void {
  for (const inner of node.descendantsOfType([...binders, 'call'])) {
    if (!inner) continue;
    if (inner.type === 'call') {
      const callee = field(inner, 'function');
      if (callee.type === 'attribute') doubt(field(callee, 'object'), why, scope);
      continue;
    }
    for (const target of targetsOf(inner)) {
      if (target.type === 'identifier') bind(target.text, why, scope, target, evaluation);
      else doubt(target, why, scope);
    }
  }
}

const binders = [
  'assignment',
  'augmented_assignment',
  'for_statement',
  'named_expression',
  'delete_statement',
  'function_definition',
  'class_definition',
  'aliased_import',
  'as_pattern_target',
];

function targetsOf(node: SyntaxNode): SyntaxNode[] {
  const target = ['left', 'name', 'alias'].map((name) => node.childForFieldName(name)).find((found) => found);
  const [first] = target ? [target] : partsOf(node);
  if (!first) return [];
  if (!/^(pattern_list|tuple_pattern|list_pattern|expression_list)$/.test(first.type)) return [first];
  return partsOf(first).map((part) => starred(part) ?? part);
}
