import { fieldDoc, refName, splitNullable, typeText } from '@mixlab/codegen';
import type { JsonSchema } from '@mixlab/contracts';
import type { SourceFile } from 'ts-morph';
import type { ExportDocument } from './export-document.ts';

/** A field of one object that may stand at a path. */
interface Place {
  readonly schema: JsonSchema;
  /** Name of the object, where it is one of several. */
  readonly of: string | undefined;
}

/**
 * An interface of every field below the top of a run config by its dotted path. The compiler could work out names and types
 * itself, but an editor shows the documentation of what is written out alone.
 */
export function writePaths(file: SourceFile, { runConfig }: ExportDocument): void {
  const places = new Map<string, Place[]>();
  const visit = (schema: JsonSchema, path: string, of: string | undefined): void => {
    const members = membersOf(schema);
    for (const member of members) {
      const definition = member.$ref === undefined ? undefined : runConfig.$defs?.[refName(member.$ref)];
      const tag = Object.values(definition?.properties ?? {}).find((field) => field.const !== undefined);
      const owner = members.length > 1 ? String(tag?.const) : of;
      for (const [key, field] of Object.entries(definition?.properties ?? {})) {
        if (field === tag) continue;
        const inner = `${path}.${key}`;
        places.set(inner, [...(places.get(inner) ?? []), { schema: field, of: owner }]);
        visit(field, inner, owner);
      }
    }
  };
  for (const [key, field] of Object.entries(runConfig.properties ?? {})) visit(field, key, undefined);
  file.addInterface({
    name: 'RunConfigPaths',
    isExported: true,
    docs: ['Every field below the top of a run config, by its dotted path.'],
    properties: [...places].map(([path, found]) => ({
      name: JSON.stringify(path),
      isReadonly: true,
      type: [...new Set(found.map(({ schema }) => typeText(schema)))].join(' | '),
      docs: [docOf(found)].filter(Boolean),
    })),
  });
}

function membersOf(schema: JsonSchema): readonly JsonSchema[] {
  const { schema: inner } = splitNullable(schema);
  return inner.oneOf ?? inner.anyOf ?? [inner];
}

/** What is said of a field; of one that several objects have, what is said for each. */
function docOf(found: readonly Place[]): string {
  const owners = new Map<string, string[]>();
  for (const { schema, of } of found) {
    const doc = fieldDoc(schema).replaceAll('*/', '*\\/');
    owners.set(doc, [...(owners.get(doc) ?? []), ...(of === undefined ? [] : [of])]);
  }
  return [...owners]
    .map(([doc, names]) =>
      names.length > 0 ? `${names.map((name) => `\`${name}\``).join(', ')}: ${doc}` : doc,
    )
    .join('\n\n');
}
