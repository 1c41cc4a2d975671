import type { Tree } from '@nx/devkit';
import { Node, Project, type ObjectLiteralExpression, type SourceFile } from 'ts-morph';

export const RECIPES = 'libs/catalog/src/recipes.ts';
const REGISTRY = 'libs/catalog/src/generated/registry.ts';
const RUN_CONFIG = 'libs/catalog/src/generated/run-config.ts';

/** A file of the tree, parsed; the tree keeps it as it is. */
export function parse(tree: Tree, path: string): SourceFile {
  const text = tree.read(path, 'utf-8');
  if (text === null)
    throw new Error(`there is no ${path}: generators work at the root of the Mixlab workspace`);
  return new Project({ useInMemoryFileSystem: true }).createSourceFile(path, text);
}

/** Names of the mixing methods that the catalog has. */
export function methodNames(tree: Tree): string[] {
  const union = parse(tree, REGISTRY).getTypeAliasOrThrow('MethodName').getTypeNodeOrThrow();
  const members = Node.isUnionTypeNode(union) ? union.getTypeNodes() : [union];
  return members.map((member) => member.getText().slice(1, -1));
}

/** The object that holds all recipes, by the names that experiments use. */
export function recipesObject(source: SourceFile): ObjectLiteralExpression {
  const value = source.getVariableDeclarationOrThrow('recipes').getInitializerOrThrow();
  return Node.isAsExpression(value)
    ? (value.getExpression() as ObjectLiteralExpression)
    : (value as ObjectLiteralExpression);
}

export function recipeKeys(tree: Tree): string[] {
  return recipesObject(parse(tree, RECIPES))
    .getProperties()
    .map((property) => property.getText());
}

/** The types of the run config, each named as its class in Python, and those that it is made of. */
export function typesInUse(tree: Tree): string[] {
  const source = parse(tree, RUN_CONFIG);
  const imported = source.getImportDeclarations().flatMap((declaration) => declaration.getNamedImports());
  return [...source.getInterfaces(), ...source.getTypeAliases(), ...imported].map((type) => type.getName());
}
