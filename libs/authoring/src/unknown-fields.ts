import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { authoredPath } from './authored-path.ts';
import { fieldNames } from './expected-type.ts';
import { listNames, nearestName } from '@mixlab/contracts';
import { propertyKey } from './positions.ts';

/** All fields in a file that no type knows: of each object, the compiler itself names only the first. */
export function unknownFields(source: ts.SourceFile, file: string, checker: ts.TypeChecker): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  function visit(node: ts.Node): void {
    if (ts.isObjectLiteralExpression(node)) issues.push(...unknownIn(node, source, file, checker));
    ts.forEachChild(node, visit);
  }
  visit(source);
  return issues;
}

function unknownIn(
  object: ts.ObjectLiteralExpression,
  source: ts.SourceFile,
  file: string,
  checker: ts.TypeChecker,
): ConfigIssue[] {
  const type = checker.getContextualType(object);
  const known = fieldNames(type, checker);
  if (known.length === 0 || type?.getStringIndexType()) return [];
  return object.properties.flatMap((property) => {
    const name = property.name && propertyKey(property.name);
    if (name === undefined || known.includes(name)) return [];
    const { line, character } = source.getLineAndCharacterOfPosition(property.name!.getStart(source));
    const path = authoredPath(property.name!);
    return [
      {
        ...unknownField(name, object, known),
        ...(path ? { path } : {}),
        at: { file, line: line + 1, column: character + 1 },
      },
    ];
  });
}

/** What is said of a field that is none of `known`. */
export function unknownField(
  name: string,
  object: ts.Node,
  known: readonly string[],
): Omit<ConfigIssue, 'at'> {
  if (isMethodOfWhen(object)) {
    const message = `"${name}" is not a parameter of every method that matches`;
    return unknownName(
      'unknown-path',
      message,
      name,
      known.filter((other) => other !== 'name'),
    );
  }
  const message = isCondition(object) ? `"${name}" is no axis here` : `unknown field "${name}"`;
  return unknownName('unknown-path', message, name, known);
}

/** A name that is none of `names`, with the nearest of them, or else all. */
export function unknownName(
  code: string,
  message: string,
  name: string,
  names: readonly string[],
): Omit<ConfigIssue, 'at'> {
  const nearest = nearestName(name, names);
  if (nearest) return { code, message, nearest };
  return names.length > 0 ? { code, message, expected: `one of ${listNames(names)}` } : { code, message };
}

/** Whether an object is the condition of a `when` or an `exclude`: its fields are those that vary. */
function isCondition(object: ts.Node): boolean {
  return isArgument(object, 0, /^(when|exclude)$/);
}

/** Whether an object holds what a `when` sets of methods: their parameters. */
function isMethodOfWhen(object: ts.Node): boolean {
  const field = object.parent;
  return (
    ts.isPropertyAssignment(field) &&
    propertyKey(field.name) === 'mixMode' &&
    isArgument(field.parent, 1, /^when$/)
  );
}

/** Whether a node stands as this argument of a step of an experiment. */
function isArgument(node: ts.Node, index: number, step: RegExp): boolean {
  const call = node.parent;
  if (!ts.isCallExpression(call) || call.arguments[index] !== node) return false;
  return ts.isPropertyAccessExpression(call.expression) && step.test(call.expression.name.text);
}
