import type { JsonSchema } from '@mixlab/contracts';
import type { SourceFile } from 'ts-morph';
import type { ExportDocument } from './export-document.ts';
import { definitionsInOrder, fieldDoc, refName, splitNullable } from './json-schema.ts';

/** Interfaces of a resolved run config, and of each method's parameters as an author gives them. */
export function writeTypes(file: SourceFile, document: ExportDocument): void {
  const definitions = definitionsInOrder(document.runConfig);
  for (const [name, schema] of definitions) writeInterface(file, name, schema);
  writeInterface(file, 'RunConfig', document.runConfig);

  const byName = new Map(definitions);
  for (const method of document.methods) {
    const schema = byName.get(method.className);
    if (!schema) throw new Error(`method ${method.name} is missing from the run config's mixMode`);
    const properties = Object.entries(schema.properties ?? {}).filter(
      ([, field]) => field.const === undefined,
    );
    file.addInterface({
      name: `${method.className}Params`,
      isExported: true,
      docs: [`Parameters of ${method.className}, as an author gives them.`],
      properties: properties.map(([key, field]) => ({
        name: key,
        isReadonly: true,
        hasQuestionToken: !schema.required?.includes(key),
        type: typeText(field),
        docs: docs(fieldDoc(field)),
      })),
    });
  }
  file.addInterface({
    name: 'MethodParams',
    isExported: true,
    docs: ['Parameters of every method, by the name it has in configs.'],
    properties: document.methods.map((method) => ({
      name: method.name,
      isReadonly: true,
      type: `${method.className}Params`,
      docs: docs(`${method.doc}\n\nPaper: ${paperLink(method.paper)}`),
    })),
  });
}

function writeInterface(file: SourceFile, name: string, schema: JsonSchema): void {
  file.addInterface({
    name,
    isExported: true,
    docs: docs(schema.description ?? ''),
    properties: Object.entries(schema.properties ?? {}).map(([key, field]) => ({
      name: key,
      isReadonly: true,
      type: typeText(field),
      docs: docs(fieldDoc(field)),
    })),
  });
}

/** The TypeScript type of a resolved value. */
export function typeText(schema: JsonSchema): string {
  if (schema.$ref) return refName(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.oneOf) return schema.oneOf.map(typeText).join(' | ');
  if (schema.anyOf) {
    const { schema: inner, nullable } = splitNullable(schema);
    const text = inner.anyOf ? inner.anyOf.map(typeText).join(' | ') : typeText(inner);
    return nullable ? `${text} | null` : text;
  }
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return arrayText(schema);
    default:
      throw new Error(`no TypeScript type for ${JSON.stringify(schema)}`);
  }
}

function arrayText(schema: JsonSchema): string {
  if (!schema.items) throw new Error('an array needs its items described');
  const item = typeText(schema.items);
  if (schema.minItems !== undefined && schema.minItems === schema.maxItems) {
    return `readonly [${Array.from({ length: schema.minItems }, () => item).join(', ')}]`;
  }
  return /[ |]/.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`;
}

function docs(text: string): string[] {
  return text ? [text] : [];
}

function paperLink(paper: string): string {
  return /^\d{4}\.\d{4,5}$/.test(paper) ? `https://arxiv.org/abs/${paper}` : paper;
}
