import { ts } from 'ts-morph';
import type { ConfigIssue } from '@mixlab/contracts';
import { fieldNames, fieldTypes, isVaryType } from './expected-type.ts';
import { unknownName } from './unknown-fields.ts';

/** Whether the compiler's words are of an object that brings unknown fields from where it cannot mark them. */
export function isOfOtherFields(text: string): boolean {
  return text.startsWith("Property '[otherFields]' is missing");
}

/** The first unknown field of an object that is made elsewhere. Planning knows where it is written, if it comes so far. */
export function unknownElsewhere(node: ts.Node, checker: ts.TypeChecker): Omit<ConfigIssue, 'at'> {
  const value = ts.isExpression(node) ? node : undefined;
  const found = value && find(checker.getTypeAtLocation(value), checker.getContextualType(value), checker);
  if (!found) return { code: 'other-fields', message: 'this has fields that are unknown here' };
  return unknownName(
    'other-fields',
    `this may bring an unknown field "${found.name}"`,
    found.name,
    found.known,
  );
}

interface Unknown {
  readonly name: string;
  readonly known: readonly string[];
}

/** The first field of a type that `expected` does not have, at any depth. */
function find(type: ts.Type, expected: ts.Type | undefined, checker: ts.TypeChecker): Unknown | undefined {
  const known = fieldNames(expected, checker);
  if (known.length === 0) return undefined;
  for (const field of checker.getPropertiesOfType(type)) {
    if (!known.includes(field.name)) return { name: field.name, known };
    const inner = checker.getTypeOfSymbol(field);
    const isObject = (inner.flags & ts.TypeFlags.Object) !== 0 && !isVaryType(inner);
    const [whole] = isObject ? fieldTypes(expected, checker, field.name) : [];
    const found = whole && find(inner, whole, checker);
    if (found) return found;
  }
  return undefined;
}
