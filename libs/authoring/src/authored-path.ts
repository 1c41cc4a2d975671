import { ts } from 'ts-morph';
import { propertyKey } from './positions.ts';

/**
 * The dotted path of the field that a node stands in, as an author would say it: `mixMode[2].alpha` in
 * `defineExperiment({ mixMode: vary(…, …, mix.cutmix({ alpha: … })) })`. Ends at the experiment's own call.
 */
export function authoredPath(node: ts.Node): string | undefined {
  const parts: string[] = [];
  let inner = node;
  for (let outer = node.parent; outer && !ts.isSourceFile(outer); inner = outer, outer = outer.parent) {
    if (ts.isPropertyAssignment(outer) || ts.isShorthandPropertyAssignment(outer)) {
      parts.unshift(`.${propertyKey(outer.name) ?? '?'}`);
    } else if (ts.isArrayLiteralExpression(outer)) {
      parts.unshift(`[${outer.elements.indexOf(inner as ts.Expression)}]`);
    } else if (ts.isCallExpression(outer) && inner !== outer.expression) {
      const callee = outer.expression.getText();
      if (callee === 'vary') parts.unshift(`[${outer.arguments.indexOf(inner as ts.Expression)}]`);
      else if (parts.length > 0 && !callee.startsWith('mix.')) break;
    } else if (ts.isStatement(outer)) {
      break;
    }
  }
  const path = parts.join('').replace(/^\./, '');
  return path === '' ? undefined : path;
}
