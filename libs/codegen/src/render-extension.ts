import type { CatalogExtension } from '@mixlab/catalog/extension';
import {
  IndentationText,
  ModuleDeclarationKind,
  Project,
  QuoteKind,
  type SourceFile,
  VariableDeclarationKind,
} from 'ts-morph';
import { definitionsInOrder } from './json-schema.ts';
import { BACKBONE } from './type-text.ts';
import { methodDoc, writeInterface, writeParameters } from './write-interfaces.ts';

/** How the module begins, whatever the package. */
export const EXTENSION_HEADER = '// Generated from the Python package ';

/** Interface of the package's methods in that module. */
const METHODS = 'Methods';

/** The module that stands in a user's `configs/`: types that the editor merges with those of the DSL, and the data itself. */
export function renderExtension(extension: CatalogExtension): string {
  const project = new Project({
    useInMemoryFileSystem: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces, quoteKind: QuoteKind.Single },
  });
  const file = project.createSourceFile('extension.ts');
  file.addImportDeclaration({
    moduleSpecifier: '@mixlab/dsl',
    namedImports: [...(namesBackbones(extension) ? [BACKBONE] : []), 'CatalogExtension'],
    isTypeOnly: true,
  });
  writeMethods(file, extension);
  const merged = file.addModule({
    name: `'@mixlab/dsl'`,
    hasDeclareKeyword: true,
    declarationKind: ModuleDeclarationKind.Module,
  });
  merged.addInterface({
    name: 'UserMethods',
    properties: [{ name: quoted(extension.package), isReadonly: true, type: METHODS }],
  });
  merged.addInterface({
    name: 'UserBackbones',
    properties: extension.backbones.map(({ name, family }) => {
      return { name: quoted(name), isReadonly: true, type: quoted(family) };
    }),
  });
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    declarations: [
      { name: 'extension', type: 'CatalogExtension', initializer: JSON.stringify(extension, null, 2) },
    ],
  });
  file.addExportAssignment({ isExportEquals: false, expression: 'extension' });
  file.formatText({ indentSize: 2 });
  const command = `npx mixlab catalog --from ${extension.package}`;
  return `${EXTENSION_HEADER}${extension.package} by \`${command}\`. Do not edit.\n\n${file.getFullText()}`;
}

function writeMethods(file: SourceFile, { methods }: CatalogExtension): void {
  for (const { className, schema } of methods) {
    for (const [name, inner] of definitionsInOrder(schema)) {
      if (!file.getInterface(name)) writeInterface(file, name, inner);
    }
    writeParameters(file, className, schema);
  }
  file.addInterface({
    name: METHODS,
    properties: methods.map((method) => ({
      name: method.name.slice(method.name.indexOf(':') + 1),
      isReadonly: true,
      type: `${method.className}Params`,
      docs: [methodDoc(method)],
    })),
  });
}

/** Whether a field, or one of several values that it may have, names a network. */
function namesBackbones({ methods }: CatalogExtension): boolean {
  return /"x-backbone":\s*true/.test(JSON.stringify(methods.map(({ schema }) => schema)));
}

function quoted(name: string): string {
  return `'${name}'`;
}
