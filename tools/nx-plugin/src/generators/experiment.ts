import { brokenRules } from '@mixlab/catalog/broken-rules';
import { backbones as networks } from '@mixlab/catalog/registry';
import { timmModels } from '@mixlab/catalog/timm-models';
import { nameClash, nameIssue } from '@mixlab/plan/names';
import { formatFiles, type GeneratorCallback, type Tree } from '@nx/devkit';
import { Project, Writers, type CodeBlockWriter } from 'ts-morph';
import { authoredNames } from './authored-names';
import { methodNames, parse, recipeKeys, recipesObject, RECIPES } from './catalog-files';
import { nextSteps } from './next-steps';
import { Problems } from './problems';

/** What flags and answers say; a flag that is missing where nobody is asked is a problem like the others. */
export interface ExperimentOptions {
  readonly name?: string;
  readonly recipe?: string;
  readonly backbone?: string;
  /** Names; Nx gives a single one of a flag as a string. */
  readonly methods?: string | readonly string[];
  readonly maxEpochs?: number;
  readonly trials?: number;
  /** 0 trains on the CPU. */
  readonly gpusPerRun?: number;
}

const backboneNames = [...networks.map(({ name }) => name), ...timmModels];

/** Epochs where neither the options nor the recipe say how many. */
const EPOCHS = 100;

/** `nx g @mixlab/nx-plugin:experiment`: writes `configs/<name>.config.ts`. */
export default async function experiment(tree: Tree, options: ExperimentOptions): Promise<GeneratorCallback> {
  const { name = '', recipe = '', trials = 1, gpusPerRun = 1 } = options;
  const file = `configs/${name}.config.ts`;
  // Twice the same is the same run.
  const methods = [...new Set(listed(options.methods))];
  const backbones = [...new Set(listed(options.backbone))];
  const problems = new Problems();
  problems.found('name', nameIssue(name));
  for (const [other, at] of authoredNames(tree)) {
    const clash = nameClash(name, other);
    if (clash) problems.found('name', { message: `${clash}, in ${at}`, got: JSON.stringify(name) });
  }
  problems.oneOf('recipe', recipe, recipeKeys(tree));
  const known = methodNames(tree).filter((method) => method !== 'oneOf');
  methods.forEach((method) => problems.oneOf('methods', method, known));
  problems.check('methods', methods.join(), /./, 'at least one method');
  // A name with a colon is of somebody's own package.
  const ours = backbones.filter((backbone) => !backbone.includes(':'));
  ours.forEach((backbone) => problems.oneOf('backbone', backbone, backboneNames));
  for (const method of methods)
    for (const backbone of backbones)
      for (const { message, expected = '' } of brokenRules({ backbone, mixMode: { name: method } }))
        problems.found('backbone', { message, expected, got: JSON.stringify(backbone) });
  problems.check(
    'backbone',
    backbones.join(),
    /^[\w.:]+(,[\w.:]+)*$/,
    "networks by timm's names, with commas",
  );
  problems.check(
    'maxEpochs',
    String(options.maxEpochs ?? EPOCHS),
    /^[1-9]\d*$/,
    'a whole number, at least 1',
  );
  problems.check('trials', String(trials), /^[1-9]\d*$/, 'a whole number, at least 1');
  problems.check('gpusPerRun', String(gpusPerRun), /^\d+$/, 'a whole number, at least 0');
  problems.noFile(tree, 'name', file);
  problems.throwIfAny();

  const maxEpochs = options.maxEpochs ?? (saysEpochs(tree, recipe) ? undefined : EPOCHS);
  const vary = (values: readonly string[]) =>
    values.length === 1 ? `${values[0]}` : `vary(${values.join(', ')})`;
  const fields: Record<string, string | ((writer: CodeBlockWriter) => void)> = {
    name: `'${name}'`,
    recipe: `recipes.${recipe}`,
    backbone: vary(backbones.map((backbone) => `'${backbone}'`)),
    ...(maxEpochs === undefined ? {} : { maxEpochs: `${maxEpochs}` }),
    mixMode: vary(methods.map((method) => `mix.${method}()`)),
    trials: `${trials}`,
    report: 'medianOfLast(5)',
    launch: Writers.object({ gpusPerRun: `${gpusPerRun}` }),
  };
  const source = new Project({ useInMemoryFileSystem: true }).createSourceFile(
    file,
    header(name, gpusPerRun),
  );
  const isVaried = methods.length > 1 || backbones.length > 1;
  source.addImportDeclaration({
    moduleSpecifier: '@mixlab/dsl',
    namedImports: ['defineExperiment', 'medianOfLast', 'mix', 'recipes', ...(isVaried ? ['vary'] : [])],
  });
  source.addExportAssignment({
    isExportEquals: false,
    expression: (writer) => {
      writer.write('defineExperiment(');
      Writers.object(fields)(writer);
      writer.write(')');
    },
  });
  tree.write(file, source.getFullText());
  await formatFiles(tree);
  return nextSteps([
    `${file}: say what it asks`,
    `npx mixlab check ${file}`,
    `npx mixlab configs --experiment=${name}`,
    `bash generated/${name}/launch/local.sh --smoke`,
  ]);
}

function listed(value: string | readonly string[] = []): string[] {
  return [value]
    .flat()
    .flatMap((part) => part.split(',').map((name) => name.trim()))
    .filter(Boolean);
}

/** Whether a recipe has a number of epochs, in its own literal. */
function saysEpochs(tree: Tree, recipe: string): boolean {
  const source = parse(tree, RECIPES);
  const property = recipesObject(source).getPropertyOrThrow(recipe).getText();
  const text = source.getVariableDeclaration(property)?.getText() ?? '';
  // What a recipe is spread from counts, too.
  const bases = [...text.matchAll(/\.\.\.(\w+)/g)].map(([, base]) =>
    source.getVariableDeclaration(base!)?.getText(),
  );
  return [text, ...bases].some((part) => /\bmaxEpochs:/.test(part ?? ''));
}

function header(name: string, gpusPerRun: number): string {
  return [
    '/**',
    ' * What does this experiment ask, and which figure is to be expected?',
    ' *',
    ` * npx mixlab configs --experiment=${name}`,
    ` * bash generated/${name}/launch/local.sh${gpusPerRun === 0 ? '' : ' --gpus 0'}`,
    ` * npx mixlab table --experiment=${name}`,
    ' */',
    '',
  ].join('\n');
}
