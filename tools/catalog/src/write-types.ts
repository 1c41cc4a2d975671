import { definitionsInOrder, methodDoc, writeInterface, writeParameters } from '@mixlab/codegen';
import type { SourceFile } from 'ts-morph';
import type { ExportDocument } from './export-document.ts';
import { importBackbone } from './import-backbone.ts';
import { writePaths } from './write-paths.ts';

/** Interfaces of a resolved run config, of its fields by path, and of each method's parameters as an author gives them. */
export function writeTypes(file: SourceFile, document: ExportDocument): void {
  importBackbone(file);
  const definitions = definitionsInOrder(document.runConfig);
  for (const [name, schema] of definitions) writeInterface(file, name, schema);
  writeInterface(file, 'RunConfig', document.runConfig);
  writePaths(file, document);

  const byName = new Map(definitions);
  for (const method of document.methods) {
    const schema = byName.get(method.className);
    if (!schema) throw new Error(`method ${method.name} is missing from the run config's mixMode`);
    writeParameters(file, method.className, schema);
  }
  file.addInterface({
    name: 'MethodParams',
    isExported: true,
    docs: ['Parameters of every method, by the name it has in configs.'],
    properties: document.methods.map((method) => ({
      name: method.name,
      isReadonly: true,
      type: `${method.className}Params`,
      docs: [methodDoc(method)],
    })),
  });
}
