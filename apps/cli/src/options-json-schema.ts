import type { Command, JsonObject } from '@mixlab/contracts';
import { describe } from './command-line.ts';
import { optionSpecs } from './option-spec.ts';
import type { OptionSpec } from './option-spec.ts';

/**
 * The `schema.json` of an Nx executor for a command. Loose on purpose: Nx stops at the first option that its schema
 * refuses and knows no hint, so everything passes here and the command itself reports all problems.
 */
export function optionsToJsonSchema(command: Command): JsonObject {
  const properties = Object.fromEntries(
    optionSpecs(command.options).map((spec) => [spec.key, property(spec)]),
  );
  return {
    $schema: 'https://json-schema.org/schema',
    version: 2,
    title: command.name,
    description: command.description,
    cli: 'nx',
    outputCapture: 'direct-nodejs',
    type: 'object',
    properties,
    required: [],
  };
}

function property(spec: OptionSpec): JsonObject {
  const scalars: JsonObject[] = [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }];
  return {
    description: describe(spec),
    ...(spec.short ? { alias: spec.short } : {}),
    oneOf: spec.kind === 'list' ? [...scalars, { type: 'array', items: { oneOf: scalars } }] : scalars,
  };
}
