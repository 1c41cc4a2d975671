import { argumentDefault } from './argparse.ts';
import { call } from './calls.ts';
import { comprehension } from './comprehensions.ts';
import type { Evaluation } from './evaluation.ts';
import { bind, foreign, lookUp, placeOf, unknown } from './evaluation.ts';
import { converted, formatValue } from './format-text.ts';
import { builtins, moduleConstants } from './builtins.ts';
import { methodOf } from './methods.ts';
import { binary, compare, integerOf, itemsOf, truthy, unary } from './operators.ts';
import { NotEvaluated, PythonError } from './python-error.ts';
import { childrenOf, namedChildrenOf } from './python-parser.ts';
import type { SyntaxNode } from './python-parser.ts';
import { pythonRepr } from './python-text.ts';
import type { DictEntry, PythonValue, Scope } from './python-value.ts';
import {
  isKind,
  isUnknown,
  keyOf,
  pyDict,
  pyList,
  pySet,
  pyTuple,
  settled,
  typeName,
  unknownOf,
} from './python-value.ts';
import { contentText, prefixOf } from './string-literal.ts';

/**
 * The value of an expression. What is not known gives an `Unknown`.
 *
 * @throws PythonError where Python would
 */
export function evaluate(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const kind = kinds[node.type];
  if (!kind) return unknown(`\`${firstLine(node.text)}\` is not evaluated`, node, evaluation);
  try {
    return kind(node, scope, evaluation);
  } catch (error) {
    if (error instanceof NotEvaluated) return unknown(error.message, node, evaluation);
    throw error;
  }
}

type Kind = (node: SyntaxNode, scope: Scope, evaluation: Evaluation) => PythonValue;

const kinds: Readonly<Record<string, Kind>> = {
  none: () => null,
  true: () => true,
  false: () => false,
  integer: number,
  float: number,
  string,
  concatenated_string: concatenated,
  identifier,
  parenthesized_expression: (node, scope, evaluation) => evaluate(child(node, 0), scope, evaluation),
  list: (node, scope, evaluation) => pyList(elements(node, scope, evaluation)),
  tuple: (node, scope, evaluation) => pyTuple(elements(node, scope, evaluation)),
  expression_list: (node, scope, evaluation) => pyTuple(elements(node, scope, evaluation)),
  set: (node, scope, evaluation) => {
    const items = elements(node, scope, evaluation);
    return unknownOf(...items) ?? pySet(items);
  },
  dictionary,
  call,
  attribute,
  subscript,
  binary_operator: (node, scope, evaluation) => {
    const left = evaluate(field(node, 'left'), scope, evaluation);
    const right = evaluate(field(node, 'right'), scope, evaluation);
    return unknownOf(left, right) ?? binary(field(node, 'operator').text, left, right);
  },
  unary_operator: (node, scope, evaluation) => {
    const value = evaluate(field(node, 'argument'), scope, evaluation);
    return isUnknown(value) ? value : unary(field(node, 'operator').text, value);
  },
  not_operator: (node, scope, evaluation) => {
    const value = evaluate(field(node, 'argument'), scope, evaluation);
    return isUnknown(value) ? value : !truthy(value);
  },
  boolean_operator: (node, scope, evaluation) => {
    const left = evaluate(field(node, 'left'), scope, evaluation);
    if (isUnknown(left)) return left;
    const isDone = field(node, 'operator').text === 'and' ? !truthy(left) : truthy(left);
    return isDone ? left : evaluate(field(node, 'right'), scope, evaluation);
  },
  comparison_operator: comparison,
  conditional_expression: (node, scope, evaluation) => {
    const condition = evaluate(child(node, 1), scope, evaluation);
    if (isUnknown(condition)) return condition;
    return evaluate(child(node, truthy(condition) ? 0 : 2), scope, evaluation);
  },
  named_expression: (node, scope, evaluation) => {
    const value = evaluate(field(node, 'value'), scope, evaluation);
    bind(field(node, 'name').text, value, scope, node, evaluation);
    return value;
  },
  lambda: (node, scope) => ({ kind: 'function', name: '<lambda>', node, scope }),
  list_comprehension: (node, scope, evaluation) => {
    const items = comprehension(node, scope, evaluation);
    return Array.isArray(items) ? pyList(items) : items;
  },
  generator_expression: (node, scope, evaluation) => {
    const items = comprehension(node, scope, evaluation);
    return Array.isArray(items) ? pyList(items) : items;
  },
  set_comprehension: (node, scope, evaluation) => {
    const items = comprehension(node, scope, evaluation);
    return Array.isArray(items) ? (unknownOf(...items) ?? pySet(items)) : items;
  },
  dictionary_comprehension: (node, scope, evaluation) => {
    const items = comprehension(node, scope, evaluation);
    if (!Array.isArray(items)) return items;
    const pairs = items.map((pair) => itemsOf(pair));
    return pyDict(pairs.map(([key = null, value = null]) => ({ key, value })));
  },
};

/** A named field of a node that has it in every tree without errors. */
export function field(node: SyntaxNode, name: string): SyntaxNode {
  const found = node.childForFieldName(name);
  if (!found) throw new NotEvaluated(`\`${firstLine(node.text)}\` is not understood`);
  return found;
}

function child(node: SyntaxNode, index: number): SyntaxNode {
  const found = partsOf(node)[index];
  if (!found) throw new NotEvaluated(`\`${firstLine(node.text)}\` is not understood`);
  return found;
}

/** The parts of a node without comments. */
export function partsOf(node: SyntaxNode): SyntaxNode[] {
  return namedChildrenOf(node).filter((part) => part.type !== 'comment');
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}

function number(node: SyntaxNode): PythonValue {
  const text = node.text.replaceAll('_', '').toLowerCase();
  if (text.endsWith('j')) throw new NotEvaluated('complex numbers are not evaluated');
  return node.type === 'integer' ? BigInt(text.replace(/^0+(?=\d+$)/, '')) : Number(text);
}

function string(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const prefix = prefixOf(node);
  if (prefix.includes('b')) throw new NotEvaluated('bytes are not evaluated');
  let text = '';
  for (const part of namedChildrenOf(node)) {
    if (part.type === 'string_content') {
      const content = contentText(part, prefix.includes('r'));
      text += prefix.includes('f') ? content.replace(/\{\{|\}\}/g, (pair) => pair.charAt(0)) : content;
    }
    if (part.type !== 'interpolation') continue;
    const value = interpolated(part, scope, evaluation);
    if (isUnknown(value)) return value;
    text += String(value);
  }
  return text;
}

function interpolated(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const expression = field(node, 'expression');
  const value = evaluate(expression, scope, evaluation);
  if (isUnknown(value)) return value;
  const conversion = node.childForFieldName('type_conversion')?.text.slice(1);
  let spec = '';
  const specNode = node.childForFieldName('format_specifier');
  if (specNode) {
    let at = specNode.startIndex + 1;
    for (const part of namedChildrenOf(specNode)) {
      const inner = interpolated(part, scope, evaluation);
      if (isUnknown(inner)) return inner;
      spec +=
        specNode.text.slice(at - specNode.startIndex, part.startIndex - specNode.startIndex) + String(inner);
      at = part.endIndex;
    }
    spec += specNode.text.slice(at - specNode.startIndex);
  }
  const isDebug =
    /=\s*(![rsa])?(:.*)?\}$/s.test(node.text) && childrenOf(node).some((part) => part.type === '=');
  if (isDebug) {
    const shown =
      conversion === undefined && spec === ''
        ? pythonRepr(value)
        : formatValue(converted(value, conversion), spec);
    return `${node.text.slice(1, node.text.indexOf('=', expression.endIndex - node.startIndex) + 1)}${shown}`;
  }
  return formatValue(converted(value, conversion), spec);
}

function concatenated(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const parts = partsOf(node).map((part) => evaluate(part, scope, evaluation));
  return unknownOf(...parts) ?? parts.map(String).join('');
}

function identifier(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const name = node.text;
  const binding = lookUp(name, scope);
  if (binding) return settled(binding.value);
  if (Object.hasOwn(builtins, name)) return foreign(`builtins.${name}`, node, evaluation);
  if (otherBuiltins.has(name)) return foreign(`builtins.${name}`, node, evaluation);
  throw new PythonError('NameError', `name '${name}' is not defined`);
}

const otherBuiltins = new Set(
  (
    'open input eval exec compile globals locals vars dir getattr setattr hasattr isinstance issubclass type id hash ' +
    'iter next object super callable frozenset bytes bytearray complex hex oct bin slice property staticmethod ' +
    'classmethod Exception ValueError TypeError KeyError RuntimeError NotImplementedError __import__ __file__'
  ).split(' '),
);

function elements(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue[] {
  return partsOf(node).flatMap((part) => {
    if (part.type !== 'list_splat') return [evaluate(part, scope, evaluation)];
    const items = evaluate(child(part, 0), scope, evaluation);
    if (isUnknown(items)) throw new NotEvaluated(items.why);
    return itemsOf(items);
  });
}

function dictionary(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const entries: DictEntry[] = [];
  for (const part of partsOf(node)) {
    if (part.type === 'dictionary_splat') {
      const inner = evaluate(child(part, 0), scope, evaluation);
      if (isUnknown(inner)) return inner;
      if (!isKind(inner, 'dict'))
        throw new PythonError('TypeError', `'${typeName(inner)}' object is not a mapping`);
      entries.push(...inner.entries.values());
      continue;
    }
    const key = evaluate(field(part, 'key'), scope, evaluation);
    if (isUnknown(key)) return key;
    keyOf(key);
    entries.push({
      key,
      value: evaluate(field(part, 'value'), scope, evaluation),
      at: placeOf(part, evaluation),
    });
  }
  return pyDict(entries);
}

function attribute(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const object = evaluate(field(node, 'object'), scope, evaluation);
  const name = field(node, 'attribute').text;
  if (isKind(object, 'module') || (isUnknown(object) && object.name !== undefined)) {
    const dotted = `${object.name}.${name}`;
    if (Object.hasOwn(moduleConstants, dotted)) return moduleConstants[dotted] ?? null;
    const { call: made } = isUnknown(object) ? object : { call: undefined };
    const fallback = made && argumentDefault(made, name, evaluation);
    if (fallback !== undefined) return fallback;
    return { ...foreign(dotted, node, evaluation), ...(made ? { call: made } : {}) };
  }
  if (isUnknown(object)) return object;
  if (methodOf(object, name))
    throw new NotEvaluated(`the method \`${name}\` is only evaluated where it is called`);
  throw new PythonError('AttributeError', `'${typeName(object)}' object has no attribute '${name}'`);
}

function subscript(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const value = evaluate(field(node, 'value'), scope, evaluation);
  const keys = node.childrenForFieldName('subscript').filter((part) => part !== null);
  const [only] = keys;
  if (only?.type === 'slice') {
    if (keys.length > 1) throw new NotEvaluated('slices of arrays are not evaluated');
    return isUnknown(value) ? value : slice(value, only, scope, evaluation);
  }
  const indices = keys.map((key) => evaluate(key, scope, evaluation));
  const index = indices.length === 1 ? (indices[0] ?? null) : pyTuple(indices);
  return unknownOf(value, index) ?? settled(itemAt(value, index));
}

/** `value[index]` */
export function itemAt(value: PythonValue, index: PythonValue): PythonValue {
  if (isKind(value, 'dict')) {
    const entry = value.entries.get(keyOf(index));
    if (!entry) throw new PythonError('KeyError', pythonRepr(index));
    return entry.value;
  }
  const at = integerOf(index);
  if (at === undefined || isKind(value, 'set'))
    throw new PythonError('TypeError', `'${typeName(value)}' is not indexed by ${pythonRepr(index)}`);
  const items = itemsOf(value);
  const item = items[Number(at < 0n ? BigInt(items.length) + at : at)];
  if (item === undefined) throw new PythonError('IndexError', `${typeName(value)} index out of range`);
  return item;
}

function slice(value: PythonValue, node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const bounds: (PythonValue | undefined)[] = [undefined];
  for (const part of childrenOf(node)) {
    if (part.type === ':') bounds.push(undefined);
    else if (part.type !== 'comment') bounds[bounds.length - 1] = evaluate(part, scope, evaluation);
  }
  const given = unknownOf(...bounds.map((bound) => bound ?? null));
  if (given) return given;
  const [start, stop, step = null] = bounds.map((bound) =>
    bound === undefined || bound === null ? undefined : Number(integerOf(bound)),
  );
  const items = sliced(itemsOf(value), start, stop, step ?? 1);
  if (typeof value === 'string') return items.map(String).join('');
  return isKind(value, 'list') ? pyList(items) : pyTuple(items);
}

function sliced(
  items: readonly PythonValue[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): PythonValue[] {
  const { length } = items;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clamp = (at: number) => Math.min(Math.max(at < 0 ? at + length : at, low), high);
  const first = start === undefined ? (step > 0 ? low : high) : clamp(start);
  const last = stop === undefined ? (step > 0 ? high : low) : clamp(stop);
  if (step === 0) throw new PythonError('ValueError', 'slice step cannot be zero');
  const result: PythonValue[] = [];
  for (let at = first; step > 0 ? at < last : at > last; at += step) result.push(items[at] ?? null);
  return result;
}

function comparison(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const operands = partsOf(node).map((part) => evaluate(part, scope, evaluation));
  const operators = node
    .childrenForFieldName('operators')
    .map((part) => part?.text.replace(/\s+/g, ' ') ?? '');
  const given = unknownOf(...operands);
  if (given) return given;
  return operators.every((operator, at) => compare(operator, operands[at] ?? null, operands[at + 1] ?? null));
}
