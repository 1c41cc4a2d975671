import type { JsonSchema, JsonValue } from '@mixlab/contracts';
import { resolve } from './json-schema.ts';
import type { DefaultOf } from './origin.ts';
import { childOf, step } from './paths.ts';

/**
 * The field whose default counts at a path of a resolved config: the innermost one. What tells the members of a union
 * apart is no default of theirs: there it is the field that holds the member.
 */
export function defaultOf(
  path: readonly string[],
  root: JsonSchema,
  config: JsonValue,
): DefaultOf | undefined {
  let schema: JsonSchema = root;
  let value: JsonValue | undefined = config;
  let found: DefaultOf | undefined;
  for (const field of path) {
    const holder: JsonSchema = resolve(schema, root, value);
    const inner = step(holder, field);
    if (!inner) return undefined;
    const isTag = inner.const !== undefined;
    if (found && isTag) {
      found = withoutValue(found);
    } else if (!holder.items) {
      const model = holder.title === undefined ? {} : { model: holder.title };
      found = { ...model, field, ...(inner.default === undefined || isTag ? {} : { value: inner.default }) };
    }
    schema = inner;
    value = childOf(value, field);
  }
  return found;
}

function withoutValue({ model, field }: DefaultOf): DefaultOf {
  return model === undefined ? { field } : { model, field };
}
