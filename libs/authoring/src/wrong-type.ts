import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { authoredPath } from './authored-path.ts';
import {
  describeList,
  describeType,
  fieldTypes,
  isVaryType,
  takesList,
  mayVary,
  asWords,
  sentenceOf,
  stringValues,
  tagNames,
} from './expected-type.ts';
import { count, nearestName } from '@mixlab/contracts';
import { shorten } from './shorten.ts';
import { waysToWrite } from './written-as.ts';

/**
 * A value whose type does not fit: what is expected there, and the nearest name if the value is one.
 *
 * @param node what the compiler marks
 * @param text the most particular of the compiler's own words
 */
export function wrongType(node: ts.Node, text: string, checker: ts.TypeChecker): Omit<ConfigIssue, 'at'> {
  const value = valueOf(node);
  const type = value && checker.getContextualType(value);
  const sentence = sentenceOf(type, checker);
  if (sentence) {
    // Where the field's name stands before it, it is not said twice.
    const field = asWords(authoredPath(node)?.split('.').at(-1) ?? '');
    const { message } = sentence;
    return {
      ...sentence,
      message: message.startsWith(`${field} `) ? message.slice(`${field} `.length) : message,
      ...(value ? { got: textOf(value) } : {}),
    };
  }
  const inside = sentenceInside(text, type, checker);
  if (inside) return inside;
  if (value && checker.getTypeAtLocation(value).symbol?.name === 'AtLeastOneValue') {
    return { code: 'empty-vary', message: 'vary needs at least one value' };
  }
  if (value && ts.isArrayLiteralExpression(value.parent) && text.endsWith(" to type 'undefined'.")) {
    return { code: 'wrong-type', message: 'this value is one too many', got: shorten(value.getText(), 60) };
  }
  if (value && isVaryType(checker.getTypeAtLocation(value)) && !mayVary(type)) {
    const fits = waysToWrite(authoredPath(value))?.expected ?? describeType(type, checker);
    const got = textOf(value);
    return { code: 'wrong-type', message: 'nothing varies here', ...(fits ? { expected: fits } : {}), got };
  }
  const inner = value && innerNames(text, type, checker);
  if (inner) return { code: 'wrong-type', message: misfit, ...inner };
  const missing = missingFields(text);
  if (missing) return missingValue(missing, authoredPath(node));
  const brought = value && broughtField(value, text, type, checker);
  if (brought) return brought;
  const name = value && nameOf(value, checker);
  const ways = value && isOwnValue(value, type) ? waysToWrite(authoredPath(value), name) : undefined;
  const expected = listLength(text) ?? ways?.expected ?? describeType(type, checker);
  if (!value) return { code: 'wrong-type', message: plain(text) };
  const nearest = ways?.nearest ?? nearestValue(value, name, type, checker);
  return {
    code: 'wrong-type',
    message: expected === undefined ? plain(text) : misfit,
    // With the right name at hand, a long list of all names is noise.
    ...(expected === undefined || (nearest && expected.length > 80) ? {} : { expected }),
    got: textWithType(value, checker),
    ...(nearest ? { nearest } : {}),
  };
}

/** What is said of a field that comes from elsewhere, for which the object is marked whole. */
function sentenceInside(
  text: string,
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): ReturnType<typeof sentenceOf> {
  const marker = / type '(\w+)'\.$/.exec(text)?.[1] ?? '';
  return fieldTypes(type, checker)
    .map((field) => sentenceOf(field, checker))
    .find((said) => said && (marker === 'never' || said.message === asWords(marker)));
}

/** Fields where a list is expected. */
export function notAnObject(node: ts.Node, checker: ts.TypeChecker): Omit<ConfigIssue, 'at'> | undefined {
  const type = ts.isObjectLiteralExpression(node) ? checker.getContextualType(node) : undefined;
  if (!type || !checker.isArrayLikeType(type)) return undefined;
  const got = textOf(node);
  return { code: 'wrong-type', message: misfit, expected: describeList(type, checker), got };
}

const misfit = 'this value does not fit here';

/** What an author wrote, in a line. */
function textOf(node: ts.Node): string {
  return shorten(node.getText().replace(/\s+/g, ' '), 60);
}

/** What an author wrote, with its type where that cannot be seen there. */
function textWithType(value: ts.Expression, checker: ts.TypeChecker): string {
  if (!isReference(value)) return textOf(value);
  const type = checker.typeToString(checker.getBaseTypeOfLiteralType(checker.getTypeAtLocation(value)));
  return type !== value.getText() && /^[\w .[\]]{1,30}$/.test(type)
    ? `${textOf(value)}, a ${type}`
    : textOf(value);
}

/** The compiler's words, where they are not of types that the DSL is built of. */
function plain(text: string): string {
  return /[A-Z]\w+<|\{ readonly|NoOther/.test(text) ? misfit : shorten(text);
}

/** Whether a value stands for a field itself, and no name is asked for, as in a condition. */
function isOwnValue(value: ts.Expression, type: ts.Type | undefined): boolean {
  const { parent } = value;
  const isWhole =
    ts.isPropertyAssignment(parent) ||
    (ts.isCallExpression(parent) && parent.expression.getText() === 'vary');
  return isWhole && isLiteral(value) && stringValues(type).length === 0;
}

/** A string that is written, or that a constant stands for. */
function nameOf(value: ts.Expression, checker: ts.TypeChecker): string | undefined {
  if (ts.isStringLiteralLike(value)) return value.text;
  const type = checker.getTypeAtLocation(value);
  return type.isStringLiteral() ? type.value : undefined;
}

/** A field of another type in an object that brings it from elsewhere, of which the compiler marks the whole. */
function broughtField(
  value: ts.Expression,
  text: string,
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): Omit<ConfigIssue, 'at'> | undefined {
  const field = /'(?:Takes|TakesOne|EachTakes|AxisTakes)<"([^"]+)"/.exec(text)?.[1];
  if (!ts.isObjectLiteralExpression(value) || field === undefined) return undefined;
  const [takes] = fieldTypes(type, checker, field);
  const expected = describeType(takes, checker);
  const outer = authoredPath(value);
  return {
    code: 'wrong-type',
    message: misfit,
    path: outer === undefined ? field : `${outer}.${field}`,
    ...(expected ? { expected } : {}),
  };
}

function missingValue(names: string, path: string | undefined): Omit<ConfigIssue, 'at'> {
  return path === undefined && !names.includes(',')
    ? { code: 'missing-value', message: 'a value is missing', path: names.replace(/^'(.*)'$/, '$1') }
    : { code: 'missing-value', message: `a value is missing for ${names}` };
}

/** Whether what is wrong can be seen where the value stands. */
function isLiteral(value: ts.Expression): boolean {
  return ts.isLiteralExpression(value) || ts.isPrefixUnaryExpression(value) || ts.isToken(value);
}

function missingFields(text: string): string | undefined {
  // Of the field of a value that varies, nobody needs to know.
  const one = /^Property '([^[].*?)' is missing in type/.exec(text)?.[1];
  const several = /is missing the following properties from type .*: (.+)$/.exec(text)?.[1];
  // Nor of what a list has.
  return one ?? (several?.startsWith('length, ') ? undefined : several);
}

/** `2 values` for a list of another length. */
function listLength(text: string): string | undefined {
  const [, kind, length] =
    /^Source has \d+ element\(s\) but target (requires|allows only) (\d+)/.exec(text) ?? [];
  if (length === undefined) return undefined;
  const values = count(Number(length), 'value');
  return kind === 'requires' ? values : `no more than ${values}`;
}

/**
 * What is expected instead of a name inside of the value, as `top-1` in `best('top-1')`: the compiler tells no more of it than
 * the name of a type.
 */
function innerNames(
  text: string,
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): Pick<ConfigIssue, 'expected' | 'got' | 'nearest'> | undefined {
  const [, got, alias] = /^Type '"(.*)"' is not assignable to type '(\w+)'\./.exec(text) ?? [];
  const names =
    got === undefined
      ? undefined
      : fieldTypes(type, checker).find(({ aliasSymbol }) => aliasSymbol?.name === alias);
  const expected = names && describeType(names, checker);
  if (got === undefined || !expected) return undefined;
  const nearest = nearestName(got, stringValues(names));
  return { expected, got: `'${got}'`, ...(nearest ? { nearest } : {}) };
}

/** What may have been meant. */
function nearestValue(
  value: ts.Expression,
  name: string | undefined,
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): string | undefined {
  if (ts.isArrayLiteralExpression(value) && mayVary(type) && !takesList(type, checker))
    return shorten(`vary(${value.elements.map(textOf).join(', ')})`, 60);
  if (checker.getTypeAtLocation(value).getCallSignatures().length > 0 && isReference(value))
    return `${value.getText()}(…)`;
  if (name === undefined) return undefined;
  const near = nearestName(name, stringValues(type));
  if (near) return near;
  const tag = nearestName(name, tagNames(type, checker));
  if (!tag) return undefined;
  return authoredPath(value)?.startsWith('mixMode') ? `mix.${tag}(…)` : `{ name: '${tag}', … }`;
}

/** `size`, `mix.cutmix`. */
function isReference(value: ts.Expression): boolean {
  return ts.isIdentifier(value) || ts.isPropertyAccessExpression(value);
}

/** The compiler marks a field by its name; what is wrong is its value. */
function valueOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return node.parent.initializer;
  if (ts.isShorthandPropertyAssignment(node.parent)) return node.parent.name;
  // Nor is the name of a constant a value.
  return ts.isExpression(node) && !ts.isVariableDeclaration(node.parent) ? node : undefined;
}
