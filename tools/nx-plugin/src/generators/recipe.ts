import { formatFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { VariableDeclarationKind } from 'ts-morph';
import { parse, recipeKeys, RECIPES, recipesObject } from './catalog-files';
import { Problems } from './problems';
import { updateDocs } from './update-docs';

export interface RecipeOptions {
  readonly name: string;
  /** The recipe that it starts from. */
  readonly from: string;
  /** Where its numbers are from. */
  readonly source: string;
}

/** `nx g @mixlab/nx-plugin:recipe`: a recipe with the values of another one, to be changed where it stands. */
export default async function recipe(
  tree: Tree,
  { name, from, source }: RecipeOptions,
): Promise<GeneratorCallback> {
  const key = name.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
  const file = parse(tree, RECIPES);
  const known = recipeKeys(tree);
  const problems = new Problems();
  problems.check('name', name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name like rsb-a3');
  problems.free('name', key, known);
  if (!known.includes(key) && file.getVariableDeclaration(key)) problems.free('name', key, [key]);
  problems.oneOf('from', from, known);
  problems.check('source', source.trim(), /./, 'where its numbers are from: a paper, a config, your own');
  problems.throwIfAny();

  const all = file.getVariableStatementOrThrow((statement) =>
    statement.getDeclarations().some((declaration) => declaration.getName() === 'recipes'),
  );
  file.insertVariableStatement(all.getChildIndex(), {
    leadingTrivia: '\n',
    trailingTrivia: '\n\n',
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      {
        name: key,
        type: 'Recipe',
        initializer: `{
          name: '${name}',
          source: ${JSON.stringify(source.trim())},
          values: {
            ...${from}.values,
            // What differs.
          },
        }`,
      },
    ],
  });
  recipesObject(file).addShorthandPropertyAssignment({ name: key });
  tree.write(RECIPES, file.getFullText());
  await formatFiles(tree);
  return () => updateDocs(tree.root, 'recipe');
}
