import { format } from 'prettier';
import { Project, type SourceFile } from 'ts-morph';
import type { ExportDocument } from './export-document.ts';
import {
  writeJsonSchema,
  writeMigrations,
  writeRegistry,
  writeRules,
  writeTimmModels,
} from './write-data.ts';
import { writeTypes } from './write-types.ts';
import { writeZod } from './write-zod.ts';

const HEADER = '// Generated from the training library by `npx nx run catalog:generate`. Do not edit.\n\n';

const WRITERS: Record<string, (file: SourceFile, document: ExportDocument) => void> = {
  'run-config.ts': writeTypes,
  'run-config-schema.ts': writeZod,
  'run-config-json-schema.ts': writeJsonSchema,
  'migrations.ts': writeMigrations,
  'registry.ts': writeRegistry,
  'timm-models.ts': writeTimmModels,
  'rules.ts': writeRules,
};

/** Every file of `libs/catalog/src/generated`, formatted: name → text. */
export async function renderCatalog(document: ExportDocument): Promise<Map<string, string>> {
  const project = new Project({ useInMemoryFileSystem: true });
  const files = new Map<string, string>();
  for (const [name, write] of Object.entries(WRITERS)) {
    const file = project.createSourceFile(name);
    write(file, document);
    const text = await format(HEADER + file.getFullText(), {
      parser: 'typescript',
      singleQuote: true,
      printWidth: 110,
    });
    files.set(name, text);
  }
  return files;
}
