import { listNames, nearestName } from '@mixlab/contracts';
import type { ConfigIssue, JsonSchema, JsonValue, SourceLocation, SweepSchema } from '@mixlab/contracts';
import type { InvalidNode, Node, VaryNode } from '@mixlab/dsl';
import { choiceText } from './axis-values.ts';
import type { IssueLog } from './issue-log.ts';
import { isObject, own, variants } from './json-schema.ts';
import { show } from './show.ts';
import { placed, toJson, walk } from './node-value.ts';
import { unknownPart } from './paths.ts';

/** Reports a path that no config has, and returns whether it did. */
export function refuseUnknownPath(
  path: string,
  root: JsonSchema,
  at: SourceLocation | undefined,
  log: IssueLog,
  others: readonly string[] = [],
): boolean {
  const unknown = unknownPart(path, root);
  if (!unknown) return false;
  const known = unknown.before === '' ? [...unknown.known, ...others] : unknown.known;
  const nearest =
    nearestName(unknown.part, known) ?? (unknown.before === '' ? endingIn(unknown.part, root) : undefined);
  log.add(
    {
      code: 'unknown-path',
      message: `unknown field "${unknown.part}"`,
      path,
      ...(nearest ? { nearest: unknown.before + nearest } : { expected: expectation(known) }),
      ...placed(at),
    },
    path,
  );
  if (nearest) log.excuse(unknown.before + nearest);
  return true;
}

function expectation(known: readonly string[]): string {
  return known.length > 0 ? `one of ${listNames(known)}` : 'a value, which has no fields';
}

/** Reports a path at which nothing reads a value, and returns whether it did. */
export function refuseUnread(
  path: string,
  { engine, unread }: Pick<SweepSchema<unknown>, 'engine' | 'unread'>,
  at: SourceLocation | undefined,
  log: IssueLog,
): boolean {
  const instead = unread?.(path);
  if (!instead) return false;
  log.add(
    {
      code: 'unread-path',
      message: `nothing in ${engine} reads \`${path}\``,
      path,
      ...(instead.length === 1 ? { nearest: instead[0] as string } : {}),
      ...(instead.length > 1 ? { expected: `${instead.join(' and ')}, together` } : {}),
      ...placed(at),
    },
    path,
  );
  return true;
}

/** `optimizer.lr` for `lr`: a field one level down that has the whole name. */
function endingIn(name: string, root: JsonSchema): string | undefined {
  const top = Object.entries(root.properties ?? {});
  return top
    .filter(([, schema]) => variants(schema, root).some((variant) => own(variant.properties, name)))
    .map(([field]) => `${field}.${name}`)[0];
}

/** Reports what no config can hold, and choices that are none; returns whether there was anything. */
export function refuseInvalid(node: Node, path: string, log: IssueLog): boolean {
  let found = false;
  const refuse = (issue: Omit<ConfigIssue, 'path' | 'at'>, inner: string, at?: SourceLocation) => {
    log.add({ ...issue, path: inner, ...placed(at) }, path);
    found = true;
  };
  for (const [inner, part] of walk(node, path)) {
    if (part.kind === 'invalid') {
      refuse(issueOf(part), inner, part.at);
    }
    if (part.kind !== 'vary') continue;
    if (part.choices.length === 0) {
      refuse(
        { code: 'empty-vary', message: 'something that varies needs at least one value' },
        inner,
        part.at,
      );
    }
    // The value itself is none that others would follow from.
    for (const double of part.coupling ? [] : duplicates(part)) {
      const message = 'this value is among those that vary already';
      const got = show(toJson(double));
      log.add({ code: 'duplicate-value', message, path: inner, got, ...placed(double.at) });
    }
  }
  return found;
}

/** What is wrong with something that no config can hold. */
export function issueOf({
  got,
  expected,
  todo,
}: InvalidNode): Pick<ConfigIssue, 'code' | 'message' | 'expected' | 'got'> {
  if (todo !== undefined) return { code: 'todo', message: `this is still to be filled in: ${todo}` };
  if (expected !== undefined)
    return { code: 'invalid-value', message: 'nothing can be made of this', expected, got };
  return { code: 'invalid-value', message: 'this is no value of a config', got };
}

function duplicates(node: VaryNode): Node[] {
  const known = new Set<string>();
  return node.choices.filter((choice) => {
    if (walk(choice).some(([, inner]) => inner.kind === 'invalid')) return false;
    const text = choiceText(choice);
    if (text === undefined || !known.has(text)) {
      if (text !== undefined) known.add(text);
      return false;
    }
    return true;
  });
}

/** Whether a field, or one that it lies in, changes nothing that is trained. */
export function outsideIdentity(path: string, root: JsonSchema): boolean {
  let schemas = variants(root, root);
  for (const part of path.split('.')) {
    const inner = schemas.flatMap((schema) => own(schema.properties, part) ?? schema.items ?? []);
    if (inner.length > 0 && inner.every((schema) => schema['x-identity'] === false)) return true;
    schemas = inner.flatMap((schema) => variants(schema, root));
  }
  return false;
}

/** The name that an object is known by, or the value itself. */
export function labelOf(value: JsonValue): JsonValue {
  return isObject(value) && typeof value['name'] === 'string' ? value['name'] : value;
}
