import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { propertyKey } from './positions.ts';

/** Each `...together(…)` and `...sample(…)` that leaves nothing, since the rest of its object sets all of its fields again. */
export function lostCouplings(source: ts.SourceFile, file: string, checker: ts.TypeChecker): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  function visit(node: ts.Node): void {
    if (ts.isObjectLiteralExpression(node))
      for (const [index, property] of node.properties.entries()) {
        const name = couplingName(property);
        if (name === undefined) continue;
        const fields = fieldsOf(property, checker);
        const later = new Set(node.properties.slice(index + 1).flatMap((other) => fieldsOf(other, checker)));
        if (fields.length === 0 || !fields.every((field) => later.has(field))) continue;
        const { line, character } = source.getLineAndCharacterOfPosition(property.getStart(source));
        issues.push({
          code: 'two-sources',
          message: `all that this \`${name}\` sets is set again after it: write it in one place`,
          path: fields.join(', '),
          at: { file, line: line + 1, column: character + 1 },
        });
      }
    ts.forEachChild(node, visit);
  }
  visit(source);
  return issues;
}

function couplingName(property: ts.ObjectLiteralElementLike): string | undefined {
  const call = ts.isSpreadAssignment(property) ? property.expression : undefined;
  if (!call || !ts.isCallExpression(call)) return undefined;
  return /\b(together|sample)$/.exec(call.expression.getText())?.[1];
}

function fieldsOf(property: ts.ObjectLiteralElementLike, checker: ts.TypeChecker): string[] {
  if (ts.isSpreadAssignment(property))
    return checker
      .getPropertiesOfType(checker.getTypeAtLocation(property.expression))
      .map((field) => field.name);
  const name = property.name && propertyKey(property.name);
  return name === undefined ? [] : [name];
}
