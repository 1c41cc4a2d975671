import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { authoredPath } from './authored-path.ts';
import { describeType, fieldNames, stringValues } from './expected-type.ts';
import { listNames, nearestName } from './nearest-name.ts';

/** The compiler's codes that are put in other words; all others keep its text. */
const UNKNOWN_FIELD = new Set([2353, 2561]);
const UNKNOWN_MEMBER = new Set([2339, 2551]);
const UNKNOWN_VARIABLE = new Set([2304, 2552, 2580, 2584, 2591]);
const UNKNOWN_EXPORT = new Set([2305, 2724]);
const UNKNOWN_MODULE = new Set([2307, 2792, 2591]);
const WRONG_TYPE = new Set([2322, 2345, 2820, 2769, 2375, 2379, 2412]);

/** Longest text of the compiler's own that is passed on whole. */
const MAX_TEXT = 240;

/** A problem that the type check found, in the words of the people who write these files. */
export function describeDiagnostic(diagnostic: ts.Diagnostic, file: string, checker: ts.TypeChecker): ConfigIssue {
  const source = diagnostic.file;
  const start = diagnostic.start ?? 0;
  const { line, character } = source?.getLineAndCharacterOfPosition(start) ?? { line: 0, character: 0 };
  const node = source && innermostNode(source, start, start + (diagnostic.length ?? 0));
  const path = node && authoredPath(node);
  return {
    ...explain(diagnostic, node, checker),
    ...(path ? { path } : {}),
    at: { file, line: line + 1, column: character + 1 },
  };
}

type Explanation = Omit<ConfigIssue, 'at' | 'path'>;

function explain(diagnostic: ts.Diagnostic, node: ts.Node | undefined, checker: ts.TypeChecker): Explanation {
  const { code } = diagnostic;
  const text = leafText(diagnostic.messageText);
  const name = node && (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) ? node.text : undefined;
  if (node && name !== undefined) {
    if (UNKNOWN_FIELD.has(code)) return unknownName('unknown-path', `unknown field "${name}"`, name, siblings(node, checker));
    if (UNKNOWN_MEMBER.has(code)) {
      const owner = ts.isPropertyAccessExpression(node.parent) ? node.parent.expression : undefined;
      const names = owner ? fieldNames(checker.getTypeAtLocation(owner), checker) : [];
      return unknownName('unknown-name', `${owner?.getText() ?? 'this'} has no "${name}"`, name, names);
    }
    if (UNKNOWN_EXPORT.has(code)) return suggested('unknown-name', `"${name}" is not exported there`, text);
    if (UNKNOWN_MODULE.has(code) && ts.isStringLiteralLike(node)) {
      return { code: 'unknown-module', message: `no module "${name}"` };
    }
    if (UNKNOWN_VARIABLE.has(code)) return suggested('unknown-name', `"${name}" is not defined here`, text);
  }
  if (node && WRONG_TYPE.has(code)) return wrongType(node, text, checker);
  return { code: code < 2000 ? 'syntax' : 'type', message: shorten(text) };
}

function unknownName(code: string, message: string, name: string, names: readonly string[]): Explanation {
  const nearest = nearestName(name, names);
  if (nearest) return { code, message, nearest };
  return names.length > 0 ? { code, message, expected: `one of ${listNames(names)}` } : { code, message };
}

function suggested(code: string, message: string, text: string): Explanation {
  const nearest = /Did you mean (?:to write )?'([^']+)'/.exec(text)?.[1];
  return nearest ? { code, message, nearest } : { code, message };
}

/** Fields that could stand in place of a property's name. */
function siblings(name: ts.Node, checker: ts.TypeChecker): string[] {
  const object = name.parent.parent;
  return ts.isObjectLiteralExpression(object) ? fieldNames(checker.getContextualType(object), checker) : [];
}

function wrongType(node: ts.Node, text: string, checker: ts.TypeChecker): Explanation {
  const value = valueOf(node);
  const type = value && checker.getContextualType(value);
  const expected = describeType(type, checker);
  if (!value || !expected) return { code: 'wrong-type', message: shorten(text) };
  const nearest = ts.isStringLiteralLike(value) ? nearestName(value.text, stringValues(type)) : undefined;
  return {
    code: 'wrong-type',
    message: 'this value does not fit here',
    expected,
    got: shorten(value.getText().replace(/\s+/g, ' '), 60),
    ...(nearest ? { nearest } : {}),
  };
}

/** The compiler marks a field by its name; what is wrong is its value. */
function valueOf(node: ts.Node): ts.Expression | undefined {
  if (ts.isPropertyAssignment(node.parent) && node.parent.name === node) return node.parent.initializer;
  return ts.isExpression(node) ? node : undefined;
}

/** The last line of an explanation that goes from the general to the particular. */
function leafText(message: string | ts.DiagnosticMessageChain): string {
  if (typeof message === 'string') return message;
  const last = message.next?.at(-1);
  return last ? leafText(last) : message.messageText;
}

function shorten(text: string, length = MAX_TEXT): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** The outermost node that covers exactly these characters, else the innermost that holds them. */
function innermostNode(source: ts.SourceFile, start: number, end: number): ts.Node {
  let found: ts.Node = source;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(found, (child) =>
      child.getStart(source) <= start && child.getEnd() >= end ? child : undefined,
    );
    if (!inner) return found;
    found = inner;
    if (found.getStart(source) === start && found.getEnd() === end) return found;
  }
}
