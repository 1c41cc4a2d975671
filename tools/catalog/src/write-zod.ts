import type { JsonSchema } from '@mixlab/contracts';
import { VariableDeclarationKind, type SourceFile } from 'ts-morph';
import type { ExportDocument } from './export-document.ts';
import { definitionsInOrder, refName, splitNullable, typeText } from '@mixlab/codegen';
import { importBackbone } from './import-backbone.ts';

/** zod schemas that fill in every default and refuse unknown keys. */
export function writeZod(file: SourceFile, document: ExportDocument): void {
  file.addImportDeclaration({ moduleSpecifier: 'zod', namedImports: ['z'] });
  importBackbone(file);
  for (const [name, schema] of definitionsInOrder(document.runConfig)) {
    addSchema(file, schemaName(name), objectText(schema), `\`${name}\`, with defaults filled in.`);
  }
  addSchema(
    file,
    'runConfigSchema',
    objectText(document.runConfig),
    'A whole run config, with defaults filled in.',
  );
}

function addSchema(file: SourceFile, name: string, initializer: string, doc: string): void {
  file.addVariableStatement({
    declarationKind: VariableDeclarationKind.Const,
    isExported: true,
    docs: [doc],
    declarations: [{ name, initializer }],
  });
}

function schemaName(definition: string): string {
  return `${definition.replace(/^[A-Z]+(?![a-z])|^[A-Z]/, (lead) => lead.toLowerCase())}Schema`;
}

function objectText(schema: JsonSchema): string {
  const fields = Object.entries(schema.properties ?? {}).map(([key, field]) => {
    const required = schema.required?.includes(key) || field.const !== undefined;
    return `${key}: ${zodText(field)}${required ? '' : defaultText(field)}`;
  });
  return `z.strictObject({ ${fields.join(', ')} })`;
}

function defaultText(field: JsonSchema): string {
  if (field.default === undefined)
    throw new Error(`a field that is not required has no default: ${JSON.stringify(field)}`);
  // An object's default is parsed, so that each of its own defaults stays in one place.
  if (field.$ref) return '.prefault({})';
  if (field.oneOf) return `.prefault(${JSON.stringify(field.default)})`;
  return `.default(${JSON.stringify(field.default)})`;
}

function zodText(schema: JsonSchema): string {
  if (schema.$ref) return schemaName(refName(schema.$ref));
  if (schema.const !== undefined) return `z.literal(${JSON.stringify(schema.const)})`;
  if (schema.enum) return `z.enum(${JSON.stringify(schema.enum)})`;
  if (schema.oneOf) return unionText(schema, schema.oneOf);
  if (schema.anyOf) {
    const { schema: inner, nullable } = splitNullable(schema);
    const text = inner.anyOf ? `z.union([${inner.anyOf.map(zodText).join(', ')}])` : zodText(inner);
    return nullable ? `${text}.nullable()` : text;
  }
  switch (schema.type) {
    case 'string':
      return stringText(schema);
    case 'boolean':
      return 'z.boolean()';
    case 'integer':
      return `z.int()${rangeText(schema)}`;
    case 'number':
      return `z.number()${rangeText(schema)}`;
    case 'array':
      return arrayText(schema);
    default:
      throw new Error(`no zod schema for ${JSON.stringify(schema)}`);
  }
}

function stringText(schema: JsonSchema): string {
  const pattern = schema.pattern ? `.regex(new RegExp(${JSON.stringify(schema.pattern)}))` : '';
  const text = `z.string()${pattern}${lengthText(schema)}`;
  // Which networks there are is asked elsewhere: users' packages may add to them.
  return schema['x-backbone'] ? `(${text} as z.ZodType<${typeText(schema)}>)` : text;
}

function unionText(schema: JsonSchema, members: readonly JsonSchema[]): string {
  const list = `[${members.map(zodText).join(', ')}]`;
  if (!schema.discriminator) return `z.union(${list})`;
  return `z.discriminatedUnion(${JSON.stringify(schema.discriminator.propertyName)}, ${list})`;
}

function arrayText(schema: JsonSchema): string {
  if (!schema.items) throw new Error('an array needs its items described');
  const item = zodText(schema.items);
  if (schema.minItems !== undefined && schema.minItems === schema.maxItems) {
    return `z.tuple([${Array.from({ length: schema.minItems }, () => item).join(', ')}])`;
  }
  const min = schema.minItems === undefined ? '' : `.min(${schema.minItems})`;
  const max = schema.maxItems === undefined ? '' : `.max(${schema.maxItems})`;
  return `z.array(${item})${min}${max}`;
}

function rangeText(schema: JsonSchema): string {
  const bounds: [string, number | undefined][] = [
    ['gte', schema.minimum],
    ['gt', schema.exclusiveMinimum],
    ['lte', schema.maximum],
    ['lt', schema.exclusiveMaximum],
  ];
  return bounds.map(([name, value]) => (value === undefined ? '' : `.${name}(${value})`)).join('');
}

function lengthText(schema: JsonSchema): string {
  const min = schema.minLength === undefined ? '' : `.min(${schema.minLength})`;
  return `${min}${schema.maxLength === undefined ? '' : `.max(${schema.maxLength})`}`;
}
