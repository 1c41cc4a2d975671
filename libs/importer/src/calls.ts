import { mark } from './assignments.ts';
import { builtins, deepCopy, moduleFunctions } from './builtins.ts';
import type { Evaluation } from './evaluation.ts';
import { placeOf, unknown } from './evaluation.ts';
import { evaluate, field, partsOf } from './expressions.ts';
import { callFunction } from './functions.ts';
import { methodOf } from './methods.ts';
import { itemsOf } from './operators.ts';
import { PythonError } from './python-error.ts';
import type { SyntaxNode } from './python-parser.ts';
import type { DictEntry, ForeignCall, PythonValue, Scope, Unknown } from './python-value.ts';
import { isKind, isUnknown, pyDict, typeName, unknownOf, settled } from './python-value.ts';

/** The arguments of a call as they are written. */
interface Given {
  readonly args: readonly PythonValue[];
  readonly keywords: ReadonlyMap<string, PythonValue>;
  readonly places: ReadonlyMap<string, DictEntry['at']>;
  /** An argument that was spread and is not known. */
  readonly missing?: Unknown;
}

/** A call: of a builtin, of a method of a value, of a function of the file, or of something imported. */
export function call(node: SyntaxNode, scope: Scope, evaluation: Evaluation): PythonValue {
  const callee = field(node, 'function');
  const given = argumentsOf(field(node, 'arguments'), scope, evaluation);
  if (callee.type === 'attribute') {
    const self = evaluate(field(callee, 'object'), scope, evaluation);
    if (!isUnknown(self) && !isKind(self, 'module')) return callMethod(self, callee, node, given, evaluation);
  }
  const target = evaluate(callee, scope, evaluation);
  if (isKind(target, 'function') && given.missing) return given.missing;
  if (isKind(target, 'function')) return callFunction(target, given, node, evaluation);
  if (!isUnknown(target)) throw new PythonError('TypeError', `'${typeName(target)}' object is not callable`);
  return callForeign(target, given, node, evaluation);
}

function callMethod(
  self: PythonValue,
  callee: SyntaxNode,
  node: SyntaxNode,
  given: Given,
  evaluation: Evaluation,
): PythonValue {
  const name = field(callee, 'attribute').text;
  const method = methodOf(self, name);
  if (!method) {
    const why = unknown(`the method \`${name}\` of ${typeName(self)} is not evaluated`, node, evaluation);
    mark(self, why);
    return why;
  }
  // A list holds what is not known, too; a text is not made of it.
  const isMutation = typeof self !== 'string' && name !== 'index' && name !== 'count';
  if (given.missing || (!isMutation && unknownOf(...given.args, ...given.keywords.values()))) {
    const why = given.missing ?? unknownOf(...given.args, ...given.keywords.values());
    if (why && typeof self !== 'string') mark(self, why);
    return why ?? null;
  }
  const spread = name === 'extend' || name === 'update' ? unknownOf(...given.args) : undefined;
  if (spread) mark(self, spread);
  return spread ?? settled(method(given));
}

function callForeign(target: Unknown, given: Given, node: SyntaxNode, evaluation: Evaluation): PythonValue {
  const name = target.name ?? '';
  const builtin = name.startsWith('builtins.')
    ? builtins[name.slice('builtins.'.length)]
    : moduleFunctions[name];
  const inner = given.missing ?? unknownOf(...given.args);
  if (name === 'builtins.dict' && !inner) return dictOf(given);
  if (builtin && inner && name !== 'builtins.print') return inner;
  if (builtin) {
    const lost = unknownOf(...given.keywords.values());
    return lost ?? builtin(given, (value, args) => callValue(value, args, node, evaluation));
  }
  if (target.name === undefined) return target;
  const made: ForeignCall = {
    callee: name,
    ...(target.call ? { receiver: target.call } : {}),
    args: given.args.map(deepCopy),
    keywords: new Map(Array.from(given.keywords, ([key, value]) => [key, deepCopy(value)])),
    node,
    at: placeOf(node, evaluation),
  };
  evaluation.calls.push(made);
  const result = unknown(`\`${name}(…)\` is known only when Python runs`, node, evaluation);
  // As a statement it is called for what it does, which may be to its arguments.
  if (node.parent?.type === 'expression_statement' && !LEAVES_ARGUMENTS.test(name))
    for (const argument of given.args) mark(argument, result);
  return { ...result, name, call: made };
}

/** OpenMixup's generator, which changes nothing of what a script uses again. */
const LEAVES_ARGUMENTS = /(?:^|\.)ConfigGenerator\.generate$/;

/** Calls a value, as `map` and `sorted` do. */
function callValue(
  value: PythonValue,
  args: readonly PythonValue[],
  node: SyntaxNode,
  evaluation: Evaluation,
): PythonValue {
  const given = { args, keywords: new Map(), places: new Map() };
  if (isKind(value, 'function')) return callFunction(value, given, node, evaluation);
  if (isUnknown(value)) return callForeign(value, given, node, evaluation);
  throw new PythonError('TypeError', `'${typeName(value)}' object is not callable`);
}

function dictOf(given: Given): PythonValue {
  const made = builtins['dict']?.({ args: given.args, keywords: new Map() }, () => null) ?? null;
  const first = isKind(made, 'dict') ? made.entries.values() : [];
  const entries = Array.from(given.keywords, ([key, value]) => {
    const at = given.places.get(key);
    return { key, value, ...(at ? { at } : {}) };
  });
  return pyDict([...first, ...entries]);
}

function argumentsOf(node: SyntaxNode, scope: Scope, evaluation: Evaluation): Given {
  const args: PythonValue[] = [];
  const keywords = new Map<string, PythonValue>();
  const places = new Map<string, DictEntry['at']>();
  let missing: Unknown | undefined;
  // The only argument may be a generator, which brings its own parentheses.
  const parts = node.type === 'generator_expression' ? [node] : partsOf(node);
  for (const part of parts) {
    const isSpread = part.type === 'list_splat' || part.type === 'dictionary_splat';
    const value = evaluate(
      isSpread
        ? (partsOf(part)[0] as SyntaxNode)
        : part.type === 'keyword_argument'
          ? field(part, 'value')
          : part,
      scope,
      evaluation,
    );
    if (isSpread && isUnknown(value)) missing ??= value;
    else if (part.type === 'list_splat') args.push(...itemsOf(value));
    else if (part.type === 'dictionary_splat') spread(value, keywords, places);
    else if (part.type === 'keyword_argument') {
      const name = field(part, 'name').text;
      if (keywords.has(name)) throw new PythonError('SyntaxError', `keyword argument repeated: ${name}`);
      keywords.set(name, value);
      places.set(name, placeOf(part, evaluation));
    } else args.push(value);
  }
  return { args, keywords, places, ...(missing ? { missing } : {}) };
}

function spread(
  value: PythonValue,
  keywords: Map<string, PythonValue>,
  places: Map<string, DictEntry['at']>,
): void {
  if (!isKind(value, 'dict'))
    throw new PythonError('TypeError', `argument after ** must be a mapping, not ${typeName(value)}`);
  for (const { key, value: inner, at } of value.entries.values()) {
    if (typeof key !== 'string') throw new PythonError('TypeError', 'keywords must be strings');
    if (keywords.has(key)) throw repeated(key);
    keywords.set(key, inner);
    places.set(key, at);
  }
}

function repeated(name: string): PythonError {
  return new PythonError('TypeError', `got multiple values for keyword argument '${name}'`);
}
