import { ts } from 'ts-morph';
import { propertyKey } from './positions.ts';

/** `name: '…'` in the first object given to a call under `export default`, as far as the text alone tells it. */
export function literalName(source: ts.SourceFile): string | undefined {
  const exported = source.statements.find((statement) => ts.isExportAssignment(statement));
  let expression: ts.Expression | undefined = exported?.expression;
  while (expression) {
    if (ts.isCallExpression(expression)) {
      const [settings] = expression.arguments;
      const name = settings && ts.isObjectLiteralExpression(settings) ? nameIn(settings) : undefined;
      if (name !== undefined) return name;
      expression = expression.expression;
    } else if (ts.isPropertyAccessExpression(expression)) {
      expression = expression.expression;
    } else {
      return undefined;
    }
  }
  return undefined;
}

function nameIn(settings: ts.ObjectLiteralExpression): string | undefined {
  for (const property of settings.properties) {
    if (!ts.isPropertyAssignment(property) || propertyKey(property.name) !== 'name') continue;
    if (ts.isStringLiteralLike(property.initializer)) return property.initializer.text;
  }
  return undefined;
}
