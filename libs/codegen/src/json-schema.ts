import type { JsonSchema } from '@mixlab/contracts';

/** Name of the definition that a `$ref` points at. */
export function refName(ref: string): string {
  const name = ref.replace(/^#\/\$defs\//, '');
  if (name === ref || name.includes('/')) throw new Error(`not a reference to a definition: ${ref}`);
  return name;
}

/** The only member of an `allOf`-free union that is not `null`, with whether `null` is allowed. */
export function splitNullable(schema: JsonSchema): { schema: JsonSchema; nullable: boolean } {
  const rest = schema.anyOf?.filter((member) => member.type !== 'null');
  if (!schema.anyOf || !rest || rest.length === schema.anyOf.length) return { schema, nullable: false };
  const only = rest[0];
  if (rest.length === 1 && only) return { schema: only, nullable: true };
  return { schema: { anyOf: rest }, nullable: true };
}

/** Description and default of a field, as the lines of its documentation comment. */
export function fieldDoc(schema: JsonSchema): string {
  const plain = schema.default !== undefined && !isRecord(schema.default) && schema.const === undefined;
  const note = plain ? `Default: \`${JSON.stringify(schema.default)}\`.` : '';
  const range = rangeText(schema);
  return [schema.description, range && `Range: ${range}.`, note].filter(Boolean).join(' ');
}

/** What a number may be, as `> 0 and ≤ 1`; nothing where it may be any. */
export function rangeText(schema: JsonSchema): string {
  const { schema: inner } = splitNullable(schema);
  const low = inner.minimum !== undefined ? `≥ ${inner.minimum}` : bound('>', inner.exclusiveMinimum);
  const high = inner.maximum !== undefined ? `≤ ${inner.maximum}` : bound('<', inner.exclusiveMaximum);
  return [low, high].filter(Boolean).join(' and ');
}

function bound(sign: string, value: number | undefined): string {
  return value === undefined ? '' : `${sign} ${value}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every definition of a schema, those that others refer to first. */
export function definitionsInOrder(root: JsonSchema): [name: string, schema: JsonSchema][] {
  const definitions = root.$defs ?? {};
  const done = new Map<string, JsonSchema>();
  const visit = (schema: JsonSchema): void => {
    if (schema.$ref) {
      const name = refName(schema.$ref);
      const target = definitions[name];
      if (!target) throw new Error(`unknown definition: ${name}`);
      if (!done.has(name)) {
        visit(target);
        done.set(name, target);
      }
    }
    const children = [
      ...Object.values(schema.properties ?? {}),
      ...(schema.items ? [schema.items] : []),
      ...(schema.anyOf ?? []),
      ...(schema.oneOf ?? []),
    ];
    children.forEach(visit);
  };
  visit(root);
  return [...done];
}
