import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import { z } from 'zod';
import type { ExportDocument } from './export-document.ts';

/** The run config's JSON Schema, annotated with a wide type: checking configs must not infer it. */
export function writeJsonSchema(file: SourceFile, document: ExportDocument): void {
  file.addImportDeclaration({
    moduleSpecifier: '@mixlab/contracts',
    namedImports: ['JsonSchema'],
    isTypeOnly: true,
  });
  constant(file, 'runConfigVersion', String(document.schemaVersion), "Version of the run config's format.");
  constant(
    file,
    'runConfigJsonSchema',
    JSON.stringify(document.runConfig),
    'Fields, defaults and identity marks of a run config.',
    'JsonSchema',
  );
}

/** What renamed fields and changed defaults, version by version. */
export function writeMigrations(file: SourceFile, document: ExportDocument): void {
  file.addImportDeclaration({
    moduleSpecifier: '@mixlab/contracts',
    namedImports: ['Migration'],
    isTypeOnly: true,
  });
  constant(
    file,
    'migrations',
    JSON.stringify(document.migrations),
    'Versions of the run config after the first, each with what it changed.',
    'readonly Migration[]',
  );
}

/** Methods and backbones, with the types of their names. */
export function writeRegistry(file: SourceFile, document: ExportDocument): void {
  union(
    file,
    'MethodName',
    document.methods.map((method) => method.name),
    'A method that the training library has.',
  );
  union(
    file,
    'BackboneName',
    document.backbones.map((backbone) => backbone.name),
    'A backbone that the catalog describes.',
  );
  const attention = attentionRules(document);
  file.addTypeAlias({
    name: 'AttentionMethod',
    type: attention.map(({ when }) => shapeText(when)).join(' | ') || 'never',
    isExported: true,
    docs: ['A method that reads the attention of a transformer, by those parameters on which that depends.'],
  });
  const readable = new RegExp(`^(?:${attention[0]?.pattern ?? ''})$`, 'u');
  union(
    file,
    'AttentionBackbone',
    [...document.backbones.map(({ name }) => name), ...document.timmModels].filter((name) =>
      readable.test(name),
    ),
    'A backbone whose attention can be read.',
  );
  file.addInterface({
    name: 'MethodInfo',
    isExported: true,
    docs: ['What a method is called, where it is from and what it needs of the training loop.'],
    properties: [
      { name: 'name', type: 'MethodName', isReadonly: true },
      { name: 'summary', type: 'string', isReadonly: true },
      { name: 'paper', type: 'string', isReadonly: true, docs: ['arXiv number, DOI or venue.'] },
      { name: 'needs', type: 'readonly string[]', isReadonly: true },
    ],
  });
  file.addInterface({
    name: 'BackboneInfo',
    isExported: true,
    docs: ['What kind of network a backbone is.'],
    properties: [
      { name: 'name', type: 'BackboneName', isReadonly: true },
      { name: 'family', type: 'string', isReadonly: true },
    ],
  });
  const methods = document.methods.map(({ name, summary, paper, needs }) => ({
    name,
    summary,
    paper,
    needs,
  }));
  const backbones = document.backbones.map(({ name, family }) => ({ name, family }));
  constant(file, 'methods', JSON.stringify(methods), 'Every method, by name.', 'readonly MethodInfo[]');
  constant(file, 'backbones', JSON.stringify(backbones), 'Every named backbone.', 'readonly BackboneInfo[]');
}

const attentionRule = z.object({
  kind: z.literal('matches'),
  code: z.string().startsWith('attention-of-'),
  pattern: z.string(),
  when: z.array(
    z.object({ path: z.templateLiteral(['mixMode.', z.enum(['name', 'compat'])]), equals: z.string() }),
  ),
});

/** The rules by which a method by itself takes a backbone with attention. */
function attentionRules({ rules }: ExportDocument): z.infer<typeof attentionRule>[] {
  return rules.flatMap((rule) => attentionRule.safeParse(rule).data ?? []);
}

function shapeText(when: z.infer<typeof attentionRule>['when']): string {
  const fields = when.map(
    ({ path, equals }) => `readonly ${path.replace('mixMode.', '')}: ${JSON.stringify(equals)}`,
  );
  return `{ ${fields.join('; ')} }`;
}

/** Every model of timm: what a backbone may be beside those that the catalog describes. */
export function writeTimmModels(file: SourceFile, document: ExportDocument): void {
  union(file, 'TimmModel', document.timmModels, 'A model of timm.');
  constant(
    file,
    'timmModels',
    JSON.stringify(document.timmModels),
    'Every model of timm, sorted.',
    'readonly string[]',
  );
  constant(
    file,
    'oneSizeModels',
    JSON.stringify(document.oneSizeModels),
    'Those of them that are built for images of one size.',
    'readonly string[]',
  );
}

/** Rules across fields, which both sides evaluate. */
export function writeRules(file: SourceFile, document: ExportDocument): void {
  file.addImportDeclaration({ moduleSpecifier: '../rule.ts', namedImports: ['Rule'], isTypeOnly: true });
  constant(
    file,
    'rules',
    JSON.stringify(document.rules),
    'Rules that hold between fields of a run config.',
    'readonly Rule[]',
  );
}

function constant(file: SourceFile, name: string, initializer: string, doc: string, type?: string): void {
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    isExported: true,
    docs: [doc],
    declarations: [{ name, initializer, ...(type ? { type } : {}) }],
  });
}

function union(file: SourceFile, name: string, values: readonly string[], doc: string): void {
  const type = values.map((value) => JSON.stringify(value)).join(' | ') || 'never';
  file.addTypeAlias({ name, type, isExported: true, docs: [doc] });
}
