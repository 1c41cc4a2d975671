import { ts } from 'ts-morph';

type Position = readonly [line: number, column: number];

const AT = '__mixlab_at';
const FILE = '__mixlab_file';

/**
 * A transformer that lets every authored value know where it stands: each object literal, array literal and call
 * becomes `at(value, file, positions)` of `@mixlab/dsl/origin`, with positions by property name or by index of
 * element or argument, and `''` for the expression itself. Lines and columns count from 1.
 *
 * @param file the name that errors show
 * @param originUrl module that exports `at`
 */
export function withPositions(file: string, originUrl: string): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const { factory } = context;

    function visit(node: ts.Node): ts.Node {
      if (isAssignmentPattern(node)) return node;
      const visited = ts.visitEachChild(node, visit, context);
      if (!isRecorded(node)) return visited;
      return factory.createCallExpression(factory.createIdentifier(AT), undefined, [
        visited as ts.Expression,
        factory.createIdentifier(FILE),
        positionTable(node),
      ]);
    }

    function positionTable(node: RecordedNode): ts.Expression {
      const rows = [['', positionOf(node, source)] as const, ...childPositions(node, source)];
      return factory.createObjectLiteralExpression(
        rows.map(([key, [line, column]]) =>
          factory.createPropertyAssignment(
            factory.createStringLiteral(key),
            factory.createArrayLiteralExpression([
              factory.createNumericLiteral(line),
              factory.createNumericLiteral(column),
            ]),
          ),
        ),
      );
    }

    const visited = ts.visitEachChild(source, visit, context);
    return factory.updateSourceFile(visited, [
      importAt(factory, originUrl),
      fileName(factory, file),
      ...visited.statements,
    ]);
  };
}

type RecordedNode = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression | ts.CallExpression;

function isRecorded(node: ts.Node): node is RecordedNode {
  if (ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) return true;
  if (!ts.isCallExpression(node)) return false;
  // Wrapping a link of an optional chain would end the chain there.
  const partOfChain = (node.flags & ts.NodeFlags.OptionalChain) !== 0;
  const { kind } = node.expression;
  return !partOfChain && kind !== ts.SyntaxKind.SuperKeyword && kind !== ts.SyntaxKind.ImportKeyword;
}

/** The left side of `[a, b] = pair`, which looks like a literal. */
function isAssignmentPattern(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isObjectLiteralExpression(node) && !ts.isArrayLiteralExpression(node)) return false;
  if (ts.isBinaryExpression(parent)) {
    return parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }
  return (ts.isForOfStatement(parent) || ts.isForInStatement(parent)) && parent.initializer === node;
}

function childPositions(node: RecordedNode, source: ts.SourceFile): (readonly [string, Position])[] {
  if (ts.isObjectLiteralExpression(node)) {
    return node.properties.flatMap((property) => {
      const key = property.name && propertyKey(property.name);
      return key === undefined || key === '__proto__'
        ? []
        : [[key, positionOf(property.name!, source)] as const];
    });
  }
  const items = ts.isArrayLiteralExpression(node) ? node.elements : node.arguments;
  // Indices after a spread are not known before it runs.
  const spread = items.findIndex((item) => ts.isSpreadElement(item));
  const known = spread < 0 ? [...items] : items.slice(0, spread);
  return known.map((item, index) => [String(index), positionOf(item, source)] as const);
}

/** The name a property has at run time, if that can be read off the text. */
export function propertyKey(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)
    ? name.expression.text
    : undefined;
}

function positionOf(node: ts.Node, source: ts.SourceFile): Position {
  const { line, character } = source.getLineAndCharacterOfPosition(lastLink(node).getStart(source));
  return [line + 1, character + 1];
}

/** A call in a chain stands where its own name does: `.when(…)`, not the start of the whole chain. */
function lastLink(node: ts.Node): ts.Node {
  return ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    ts.isCallExpression(node.expression.expression)
    ? node.expression.name
    : node;
}

function importAt(factory: ts.NodeFactory, originUrl: string): ts.Statement {
  const specifier = factory.createImportSpecifier(
    false,
    factory.createIdentifier('at'),
    factory.createIdentifier(AT),
  );
  return factory.createImportDeclaration(
    undefined,
    factory.createImportClause(undefined, undefined, factory.createNamedImports([specifier])),
    factory.createStringLiteral(originUrl),
  );
}

function fileName(factory: ts.NodeFactory, file: string): ts.Statement {
  const declaration = factory.createVariableDeclaration(
    FILE,
    undefined,
    undefined,
    factory.createStringLiteral(file),
  );
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList([declaration], ts.NodeFlags.Const),
  );
}
