import { isBuiltin } from 'node:module';
import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { authoredPath } from './authored-path.ts';
import { describeType, fieldNames } from './expected-type.ts';
import { propertyKey } from './positions.ts';
import { shorten } from './shorten.ts';
import { isOfOtherFields, unknownElsewhere } from './unknown-elsewhere.ts';
import { unknownField, unknownName } from './unknown-fields.ts';
import { notAnObject, wrongType } from './wrong-type.ts';

/** The compiler's codes that are put in other words; all others keep its text. */
const UNKNOWN_FIELD = new Set([2353, 2561]);
const UNKNOWN_MEMBER = new Set([2339, 2551]);
const UNKNOWN_VARIABLE = new Set([2304, 2552, 2580, 2584, 2591]);
const UNKNOWN_EXPORT = new Set([2305, 2724]);
const UNKNOWN_MODULE = new Set([2307, 2792, 2591]);
const NOT_CALLABLE = 2349;
const SET_TWICE = new Set([1117, 2783]);
/** The compiler marks the whole object for a field in it that is `undefined`. */
const ABSENT = new Set([2375, 2379]);
const WRONG_TYPE = new Set([2322, 2345, 2559, 2820, 2769, 2375, 2379, 2412]);

/**
 * A problem that the type check found, in the words of the people who write these files; undefined for the type of a
 * value that the same object sets again: that it is set twice is told, and this value counts for nothing.
 */
export function describeDiagnostic(
  diagnostic: ts.Diagnostic,
  file: string,
  checker: ts.TypeChecker,
): ConfigIssue | undefined {
  const source = diagnostic.file;
  const marked = diagnostic.start ?? 0;
  const whole = source && innermostNode(source, marked, marked + (diagnostic.length ?? 0));
  const absent = whole && ABSENT.has(diagnostic.code) ? undefinedField(whole, checker) : undefined;
  const node = absent ?? whole;
  const start = absent?.getStart() ?? marked;
  const { line, character } = source?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  if (node && WRONG_TYPE.has(diagnostic.code) && isSetAgain(node)) return undefined;
  const said = absent ? noValue(absent, checker) : explain(diagnostic, node, checker);
  const path = said.path ?? (node && authoredPath(node));
  return {
    ...said,
    ...(path ? { path } : {}),
    at: { file, line: line + 1, column: character + 1 },
  };
}

/** Without those of a field whose value is a call in which something else is wrong: what it then gives says nothing. */
export function withoutConsequences(diagnostics: readonly ts.Diagnostic[]): ts.Diagnostic[] {
  return diagnostics.filter((diagnostic) => {
    const { start = 0, length = 0, file, code } = diagnostic;
    const { parent } = file && WRONG_TYPE.has(code) ? innermostNode(file, start, start + length) : {};
    if (!parent || !ts.isPropertyAssignment(parent) || !ts.isCallExpression(parent.initializer)) return true;
    const { pos, end } = parent.initializer;
    return !diagnostics.some((other) => other.start! > pos && other.start! < end);
  });
}

function explain(
  diagnostic: ts.Diagnostic,
  node: ts.Node | undefined,
  checker: ts.TypeChecker,
): Omit<ConfigIssue, 'at'> {
  const { code } = diagnostic;
  const text = leafText(diagnostic.messageText);
  const name = node && (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) ? node.text : undefined;
  if (node && name !== undefined) {
    if (UNKNOWN_FIELD.has(code)) {
      return (
        notAnObject(node.parent.parent, checker) ??
        unknownField(name, node.parent.parent, siblings(node, checker))
      );
    }
    if (UNKNOWN_MEMBER.has(code)) {
      const owner = ts.isPropertyAccessExpression(node.parent) ? node.parent.expression : undefined;
      const type = owner && checker.getTypeAtLocation(owner);
      return unknownName(
        'unknown-name',
        `${ownerName(owner, type, checker)} has no "${name}"`,
        name,
        fieldNames(type, checker),
      );
    }
    if (UNKNOWN_EXPORT.has(code)) return suggested('unknown-name', `"${name}" is not exported there`, text);
    if (UNKNOWN_MODULE.has(code) && ts.isStringLiteralLike(node)) return missingModule(name);
    if (UNKNOWN_VARIABLE.has(code)) return suggested('unknown-name', `"${name}" is not defined here`, text);
  }
  if (code === NOT_CALLABLE && node) {
    const called = shorten((ts.isPropertyAccessExpression(node.parent) ? node.parent : node).getText(), 60);
    return { code: 'type', message: `${called} is no function`, nearest: called };
  }
  if (SET_TWICE.has(code)) {
    const twice = /^'(.+?)' is specified/.exec(text)?.[1] ?? name;
    return { code: 'two-sources', message: `"${twice}" is set twice in this object: write it in one place` };
  }
  if (node && WRONG_TYPE.has(code))
    return isOfOtherFields(text) ? unknownElsewhere(node, checker) : wrongType(node, text, checker);
  return { code: code < 2000 ? 'syntax' : 'type', message: shorten(text) };
}

function missingModule(name: string): Omit<ConfigIssue, 'at'> {
  if (!isBuiltin(name)) return { code: 'unknown-module', message: `no module "${name}"` };
  const message = `"${name}" is a part of Node, which no config uses: what it gives may be something else the next time`;
  return { code: 'node-module', message, expected: 'values that are written out, here or in a file beside' };
}

/** What is said of a field whose value is `undefined`, by its name. */
function noValue({ parent }: ts.PropertyName, checker: ts.TypeChecker): Omit<ConfigIssue, 'at'> {
  const value = ts.isPropertyAssignment(parent) ? parent.initializer : undefined;
  const expected = value && describeType(checker.getContextualType(value), checker);
  return {
    code: 'invalid-value',
    message: 'this is no value of a config',
    ...(expected ? { expected } : {}),
    got: 'undefined',
  };
}

/** Name of the first field of an object literal, at any depth, whose value is `undefined`. */
function undefinedField(node: ts.Node, checker: ts.TypeChecker): ts.PropertyName | undefined {
  if (!ts.isObjectLiteralExpression(node)) return undefined;
  for (const property of node.properties) {
    if (!ts.isPropertyAssignment(property)) continue;
    const { flags } = checker.getTypeAtLocation(property.initializer);
    if ((flags & ts.TypeFlags.Undefined) !== 0) return property.name;
    const inner = undefinedField(property.initializer, checker);
    if (inner) return inner;
  }
  return undefined;
}

/** Whether a field's name stands before another of the same name in its object. */
function isSetAgain(node: ts.Node): boolean {
  const property = node.parent;
  if (!ts.isPropertyAssignment(property) || property.name !== node) return false;
  const { properties } = property.parent;
  const key = propertyKey(property.name);
  return properties
    .slice(properties.indexOf(property) + 1)
    .some((later) => later.name && propertyKey(later.name) === key);
}

/** `mix` for `mix.cutmxi`, the type's name for the end of a chain of calls. */
function ownerName(
  owner: ts.Expression | undefined,
  type: ts.Type | undefined,
  checker: ts.TypeChecker,
): string {
  if (owner && /^[\w.]+$/.test(owner.getText())) return owner.getText();
  return type ? ((type.aliasSymbol ?? type.symbol)?.name ?? shorten(checker.typeToString(type), 40)) : 'this';
}

function suggested(code: string, message: string, text: string): Omit<ConfigIssue, 'at'> {
  const nearest = /Did you mean (?:to write )?'([^']+)'/.exec(text)?.[1];
  return nearest ? { code, message, nearest } : { code, message };
}

/** Fields that could stand in place of a property's name. */
function siblings(name: ts.Node, checker: ts.TypeChecker): string[] {
  const object = name.parent.parent;
  return ts.isObjectLiteralExpression(object) ? fieldNames(checker.getContextualType(object), checker) : [];
}

/** The last line of an explanation that goes from the general to the particular. */
function leafText(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message;
  const last = message.next?.at(-1);
  return last ? leafText(last) : message.messageText;
}

/** The innermost node that covers these characters. */
function innermostNode(source: ts.SourceFile, start: number, end: number): ts.Node {
  let found: ts.Node = source;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(found, (child) =>
      child.getStart(source) <= start && child.getEnd() >= end ? child : undefined,
    );
    if (!inner) return found;
    found = inner;
  }
}
