import { ts } from 'ts-morph';
import { listNames } from './nearest-name.ts';

const MAX_TYPE = 100;

/** Names that a type offers as string values: `'resnet18' | 'resnet50'`, alone or among other alternatives. */
export function stringValues(type: ts.Type | undefined): string[] {
  if (!type) return [];
  const members = type.isUnion() ? type.types : [type];
  return members.flatMap((member) => (member.isStringLiteral() ? [member.value] : []));
}

/** Names of the fields that an object of this type may have, over all alternatives. */
export function fieldNames(type: ts.Type | undefined, checker: ts.TypeChecker): string[] {
  if (!type) return [];
  const members = type.isUnion() ? type.types : [type];
  const objects = members.filter((member) => (member.flags & ts.TypeFlags.Object) !== 0 || member.isIntersection());
  const names = objects.flatMap((member) => checker.getPropertiesOfType(member).map((symbol) => symbol.name));
  return [...new Set(names)].filter((name) => !name.startsWith('__'));
}

/** A type as a reader wants to see it: `number`, `one of resnet18, resnet34 … (40 in all)`; undefined when it is no help. */
export function describeType(type: ts.Type | undefined, checker: ts.TypeChecker): string | undefined {
  if (!type || (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.TypeParameter)) !== 0) return undefined;
  const values = stringValues(type);
  if (values.length > 1) return `one of ${listNames(values)}`;
  const text = checker.typeToString(type, undefined, ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope);
  return text.length <= MAX_TYPE ? text : undefined;
}
