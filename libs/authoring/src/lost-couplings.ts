import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { propertyKey } from './positions.ts';

/** Each `...together(…)` and `...sample(…)` that leaves nothing: the rest of its object sets all of its fields again, or it has none. */
export function lostCouplings(source: ts.SourceFile, file: string, checker: ts.TypeChecker): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  function visit(node: ts.Node): void {
    if (ts.isObjectLiteralExpression(node))
      for (const [index, property] of node.properties.entries()) {
        const call = couplingOf(property);
        if (!call) continue;
        const name = call.expression.getText();
        const fields = fieldsOf(property, checker);
        const later = new Set(node.properties.slice(index + 1).flatMap((other) => fieldsOf(other, checker)));
        const { line, character } = source.getLineAndCharacterOfPosition(property.getStart(source));
        const at = { file, line: line + 1, column: character + 1 };
        if (call.arguments.some(isEmptyObject))
          issues.push({ code: 'missing-value', message: `this \`${name}\` has no fields`, at });
        else if (fields.length > 0 && fields.every((field) => later.has(field)))
          issues.push({
            code: 'two-sources',
            message: `all that this \`${name}\` sets is set again after it: write it in one place`,
            path: fields.join(', '),
            at,
          });
      }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return issues;
}

function couplingOf(property: ts.ObjectLiteralElementLike): ts.CallExpression | undefined {
  const call = ts.isSpreadAssignment(property) ? property.expression : undefined;
  return call && ts.isCallExpression(call) && /\b(together|sample)$/.test(call.expression.getText())
    ? call
    : undefined;
}

function isEmptyObject(node: ts.Node): boolean {
  return ts.isObjectLiteralExpression(node) && node.properties.length === 0;
}

function fieldsOf(property: ts.ObjectLiteralElementLike, checker: ts.TypeChecker): string[] {
  if (ts.isSpreadAssignment(property))
    return checker
      .getPropertiesOfType(checker.getTypeAtLocation(property.expression))
      .map((field) => field.name);
  const name = property.name && propertyKey(property.name);
  return name === undefined ? [] : [name];
}
