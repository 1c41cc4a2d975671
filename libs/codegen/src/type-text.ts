import type { JsonSchema } from '@mixlab/contracts';
import { refName, splitNullable } from './json-schema.ts';

/** The type of a network's name, which a module that writes such a type imports. */
export const BACKBONE = 'Backbone';

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
      return schema['x-backbone'] ? BACKBONE : 'string';
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
