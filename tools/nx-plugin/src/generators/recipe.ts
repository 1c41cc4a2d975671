import { formatFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { ts, VariableDeclarationKind } from 'ts-morph';
import { parse, recipeKeys, RECIPES, recipesObject } from './catalog-files';
import { nextSteps } from './next-steps';
import { Problems } from './problems';
import { docsUpdate } from './update-docs';

export interface RecipeOptions {
  readonly name?: string;
  /** The recipe that it starts from. */
  readonly from?: string;
  /** Where its numbers are from. */
  readonly source?: string | number;
}

/** `nx g @mixlab/nx-plugin:recipe`: a recipe with the values of another one, to be changed where it stands. */
export default async function recipe(tree: Tree, options: RecipeOptions): Promise<GeneratorCallback> {
  const { name = '', from = '' } = options;
  const source = String(options.source ?? '').trim();
  const key = name.replace(/-+(\w)/g, (_, letter: string) => letter.toUpperCase());
  const file = parse(tree, RECIPES);
  const known = recipeKeys(tree);
  const problems = new Problems();
  problems.check('name', name, /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a name like rsb-a3');
  if (file.getLocal(key) || known.includes(key)) problems.free('name', key, [key]);
  if (isReserved(key)) problems.check('name', name, /^$/, 'a name that is no word of TypeScript');
  problems.oneOf('from', from, known);
  problems.check(
    'source',
    source,
    /^(OpenMixup, [^|\n<>{}]+\.py|Ours: [^|\n<>{}]+)$/,
    "where its numbers are from: 'OpenMixup, FOLDER/FILE.py', or 'Ours: …' and a paper, an idea, without |, <>, {}",
  );
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
        type: `NamedRecipe<'${name}'>`,
        initializer: `{
          name: '${name}',
          source: ${JSON.stringify(source)},
          values: {
            ...${from}.values,
            // What differs.
          },
        }`,
      },
    ],
  });
  recipesObject(file).addShorthandPropertyAssignment({
    name: key,
    leadingTrivia: `/** ${source.replaceAll('*/', '* /')} */\n`,
  });
  tree.write(RECIPES, file.getFullText());
  await formatFiles(tree);
  return nextSteps(
    [
      `${RECIPES}: change what differs in ${key}`,
      'npx vitest run -u --root libs/catalog tests/recipes.test.ts: writes docs/recipes.md anew',
      `npx nx g @mixlab/nx-plugin:experiment mine/first --recipe=${key}`,
    ],
    docsUpdate(tree, 'recipe'),
  );
}

/** Words that no variable of a module has as its name, beside those that a scanner knows. */
const TAKEN: ReadonlySet<string> = new Set(['arguments', 'await', 'eval', 'globalThis', 'undefined']);

/** Whether TypeScript keeps a word for itself: no variable has it as its name. */
function isReserved(word: string): boolean {
  if (TAKEN.has(word)) return true;
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, word);
  const token = scanner.scan();
  return token >= ts.SyntaxKind.FirstReservedWord && token <= ts.SyntaxKind.LastFutureReservedWord;
}
