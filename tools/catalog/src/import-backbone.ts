import { BACKBONE } from '@mixlab/codegen';
import type { SourceFile } from 'ts-morph';

/** Imports the type of a network's name, into a file of `libs/catalog/src/generated`. */
export function importBackbone(file: SourceFile): void {
  file.addImportDeclaration({
    moduleSpecifier: '../backbone.ts',
    namedImports: [BACKBONE],
    isTypeOnly: true,
  });
}
