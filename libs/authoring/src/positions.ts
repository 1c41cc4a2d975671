import { ts } from 'ts-morph';

/** Of what is written elsewhere `brought` is 1, of a constant its `file` is told, and where the name of its field stands. */
type Position = readonly [
  line: number,
  column: number,
  brought?: 0 | 1,
  file?: string,
  nameLine?: number,
  nameColumn?: number,
];

/** What is known of names: the types that they have, and how errors show the authored files that declare them. */
export interface Names {
  readonly checker: ts.TypeChecker;
  /** Undefined for a file that is not authored. */
  readonly fileOf: (source: ts.SourceFile) => string | undefined;
}

const AT = '__mixlab_at';
const THROWN = '__mixlab_thrown';
const FILE = '__mixlab_file';

/**
 * A transformer that lets every authored value know where it stands: each object literal, array literal and call
 * becomes `at(value, file, positions)` of `@mixlab/dsl/origin`, with positions by property name or by index of
 * element or argument, and `''` for the expression itself. Lines and columns count from 1. Where something is spread,
 * all parts are told in order with it, so that what it brings keeps its places. What is thrown is known by its statement.
 *
 * @param file the name that errors show
 * @param originUrl module that exports `at`
 * @param names without them the place of a value that a name stands for is that of the name
 */
export function withPositions(
  file: string,
  originUrl: string,
  names?: Names,
): ts.TransformerFactory<ts.SourceFile> {
  return (context) => (source) => {
    const { factory } = context;

    function visit(node: ts.Node): ts.Node {
      if (isAssignmentPattern(node)) return node;
      if (ts.isThrowStatement(node)) return visitThrow(node);
      if (!isRecorded(node)) return ts.visitEachChild(node, visit, context);
      const spreads = new Map<ts.Node, ts.Identifier>();
      const visited = ts.visitEachChild(node, (child) => visitPart(child, spreads), context) as ts.Expression;
      const whole = ['', positionOf(node, source)] as const;
      return factory.createCallExpression(factory.createIdentifier(AT), undefined, [
        visited,
        factory.createIdentifier(FILE),
        positionTable(spreads.size > 0 ? [whole] : [whole, ...childPositions(node)]),
        ...(spreads.size > 0 ? [partList(node, spreads)] : []),
      ]);
    }

    function visitThrow(node: ts.ThrowStatement): ts.Node {
      const value = ts.visitNode(node.expression, visit) as ts.Expression;
      return factory.updateThrowStatement(
        node,
        factory.createCallExpression(factory.createIdentifier(THROWN), undefined, [
          value,
          factory.createIdentifier(FILE),
          pair(positionOf(node, source)),
        ]),
      );
    }

    /** What is spread is kept in a variable: it may be made anew each time that it is asked for. */
    function visitPart(child: ts.Node, spreads: Map<ts.Node, ts.Identifier>): ts.Node {
      if (!ts.isSpreadAssignment(child) && !ts.isSpreadElement(child)) return visit(child);
      const kept = factory.createTempVariable(context.hoistVariableDeclaration);
      spreads.set(child, kept);
      const value = factory.createAssignment(kept, ts.visitNode(child.expression, visit) as ts.Expression);
      return ts.isSpreadAssignment(child)
        ? factory.updateSpreadAssignment(child, value)
        : factory.updateSpreadElement(child, value);
    }

    function partList(node: RecordedNode, spreads: ReadonlyMap<ts.Node, ts.Identifier>): ts.Expression {
      const parts = ts.isObjectLiteralExpression(node) ? node.properties : itemsOf(node);
      return factory.createArrayLiteralExpression(
        parts.flatMap((part) => {
          const kept = spreads.get(part);
          const kind = ts.isSpreadAssignment(part) ? 'fields' : 'items';
          const key = nameOf(part);
          // A property whose name is not known before it runs.
          if (ts.isObjectLiteralElement(part) && !kept && key === undefined) return [];
          return factory.createObjectLiteralExpression([
            ...(kept ? [property(kind, kept)] : []),
            ...(key === undefined ? [] : [property('key', factory.createStringLiteral(key))]),
            property('at', pair(kept ? positionOf(part, source) : (valuePosition(part) ?? bringing(part)))),
          ]);
        }),
      );
    }

    function positionTable(rows: readonly (readonly [string, Position])[]): ts.Expression {
      return factory.createObjectLiteralExpression(rows.map(([key, at]) => property(key, pair(at))));
    }

    function property(key: string, value: ts.Expression): ts.PropertyAssignment {
      return factory.createPropertyAssignment(factory.createStringLiteral(key), value);
    }

    function pair(position: Position): ts.Expression {
      return factory.createArrayLiteralExpression(
        position.map((part) =>
          typeof part === 'string'
            ? factory.createStringLiteral(part)
            : factory.createNumericLiteral(part ?? 0),
        ),
      );
    }

    function childPositions(node: RecordedNode): (readonly [string, Position])[] {
      if (!ts.isObjectLiteralExpression(node)) {
        return itemsOf(node).map((item, index) => [String(index), valuePosition(item) ?? bringing(item)]);
      }
      return node.properties.flatMap((property) => {
        const key = nameOf(property);
        const at = valuePosition(property);
        return key === undefined || !at ? [] : [[key, at]];
      });
    }

    /**
     * Where the value of a property, an element or an argument is written: that of a constant where it is declared. Of what
     * a function is given only the call knows.
     */
    function valuePosition(part: ts.Node): Position | undefined {
      const value = valueOf(part);
      if (!value || isWritten(value)) return placeOf(part);
      const meaning = names && ts.isIdentifier(value) ? meaningOf(value, names.checker) : undefined;
      if (meaning === 'parameter') return undefined;
      const declared = meaning && names?.fileOf(meaning.getSourceFile());
      if (!declared) return bringing(part);
      const [line, column] = positionOf(meaning, meaning.getSourceFile());
      if (!ts.isObjectLiteralElement(part)) return [line, column, 0, declared];
      const [nameLine, nameColumn] = placeOf(part);
      return [line, column, 0, declared, nameLine, nameColumn];
    }

    function bringing(part: ts.Node): Position {
      const [line, column] = placeOf(part);
      return [line, column, 1];
    }

    function placeOf(part: ts.Node): Position {
      return positionOf(ts.isObjectLiteralElement(part) ? (part.name ?? part) : part, source);
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

/** The expression that gives a part its value, without what says nothing but its type. */
function valueOf(part: ts.Node): ts.Expression | undefined {
  if (ts.isShorthandPropertyAssignment(part)) return part.name;
  let value = ts.isPropertyAssignment(part) ? part.initializer : part;
  while (ts.isParenthesizedExpression(value) || ts.isAsExpression(value) || ts.isSatisfiesExpression(value))
    value = value.expression;
  return ts.isExpression(value) ? value : undefined;
}

/** Whether a value is written where the expression stands, or knows itself where: objects, lists and what is called. */
function isWritten(value: ts.Expression): boolean {
  if (ts.isPrefixUnaryExpression(value)) return isWritten(value.operand);
  return ts.isLiteralExpression(value) || isRecorded(value) || WORDS.has(value.kind);
}

const WORDS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.TrueKeyword,
  ts.SyntaxKind.FalseKeyword,
  ts.SyntaxKind.NullKeyword,
  ts.SyntaxKind.ArrowFunction,
  ts.SyntaxKind.FunctionExpression,
]);

/** What a name stands for: the text, number or other plain value of a constant, or what a function is given. */
function meaningOf(name: ts.Identifier, checker: ts.TypeChecker): ts.Expression | 'parameter' | undefined {
  const { parent } = name;
  const direct = ts.isShorthandPropertyAssignment(parent)
    ? checker.getShorthandAssignmentValueSymbol(parent)
    : checker.getSymbolAtLocation(name);
  const symbol =
    direct && (direct.flags & ts.SymbolFlags.Alias) !== 0 ? checker.getAliasedSymbol(direct) : direct;
  const declaration = symbol?.valueDeclaration;
  if (!declaration) return undefined;
  if (ts.isParameter(declaration)) return 'parameter';
  if (!ts.isVariableDeclaration(declaration) || !declaration.initializer) return undefined;
  if ((declaration.parent.flags & ts.NodeFlags.Const) === 0) return undefined;
  const constant = valueOf(declaration.initializer);
  return constant && isWritten(constant) && !isRecorded(constant) ? constant : undefined;
}

function itemsOf(node: ts.ArrayLiteralExpression | ts.CallExpression): readonly ts.Expression[] {
  return ts.isArrayLiteralExpression(node) ? node.elements : node.arguments;
}

/** The name under which a part of a literal is recorded; an element or argument has none. */
function nameOf(part: ts.Node): string | undefined {
  const key = ts.isObjectLiteralElement(part) && part.name ? propertyKey(part.name) : undefined;
  return key === '__proto__' ? undefined : key;
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
  const specifiers = [
    ['at', AT],
    ['thrown', THROWN],
  ].map(([name, as]) =>
    factory.createImportSpecifier(false, factory.createIdentifier(name!), factory.createIdentifier(as!)),
  );
  return factory.createImportDeclaration(
    undefined,
    factory.createImportClause(undefined, undefined, factory.createNamedImports(specifiers)),
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
