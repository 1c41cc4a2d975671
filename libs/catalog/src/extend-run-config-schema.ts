import type { JsonSchema } from '@mixlab/contracts';
import { z } from 'zod';
import type { ExtensionMethod } from './extension.ts';
import { choiceSchema, oneOfSchema, runConfigSchema } from './generated/run-config-schema.ts';

/** The zod schema of a run config with further methods, wherever it holds one. */
export function extendRunConfigSchema(methods: readonly ExtensionMethod[]): typeof runConfigSchema {
  if (methods.length === 0) return runConfigSchema;
  const further = methods.map(({ schema }) => methodSchema(schema));
  const choice = choiceSchema.extend({
    method: z.discriminatedUnion('name', [...choiceSchema.shape.method.options, ...further]),
  });
  const oneOf = oneOfSchema.extend({ choices: z.array(choice).min(1) });
  const { mixMode } = runConfigSchema.shape;
  const known = mixMode.unwrap().options.filter((option) => option !== oneOfSchema);
  const extended = z.discriminatedUnion('name', [oneOf, ...known, ...further]);
  // Its type says nothing of methods that are known at run time alone.
  return runConfigSchema.extend({
    mixMode: extended.prefault(mixMode.def.defaultValue),
  }) as unknown as typeof runConfigSchema;
}

/** pydantic gives the name a default; what tells the methods apart has to be there. */
function methodSchema(schema: JsonSchema): z.ZodObject {
  const properties = Object.entries(schema.properties ?? {}).map(([key, field]) => {
    const { default: _default, ...required } = field;
    return [key, field.const === undefined ? field : required] as const;
  });
  const converted = z.fromJSONSchema({ ...schema, properties: Object.fromEntries(properties) } as never);
  return converted as z.ZodObject;
}
