import { listNames, nearestName } from '@mixlab/contracts';
import type { JsonValue, SourceLocation } from '@mixlab/contracts';
import type { Node, Step } from '@mixlab/dsl';
import { refuseInvalid } from './check-node.ts';
import { eachValue } from './axis-values.ts';
import type { Choice } from './dimension.ts';
import { canonicalJson } from './identity.ts';
import type { IssueLog } from './issue-log.ts';
import { show } from './show.ts';
import { holdsVary, placed, toJson } from './node-value.ts';
import type { Sources } from './sources.ts';

/** A condition of a `when` or `exclude`: for each path the values that match, as canonical JSON. */
export interface Condition {
  readonly at: SourceLocation | undefined;
  readonly wanted: readonly (readonly [path: string, values: ReadonlySet<string>])[];
}

/** For every path that conditions can ask for, the values that stand there, by canonical JSON. */
export type AxisValues = ReadonlyMap<string, ReadonlyMap<string, JsonValue>>;

/** Whether a point has, for every path of the condition, one of its values. */
export function matches({ wanted }: Condition, choices: readonly Choice[]): boolean {
  for (const [path, values] of wanted) {
    const value = valueOf(path, choices);
    if (value === undefined || !values.has(keyOf(value))) return false;
  }
  return true;
}

function valueOf(path: string, choices: readonly Choice[]): JsonValue | undefined {
  for (const { seen } of choices) {
    for (const axis of seen) if (axis[0] === path) return axis[1];
  }
  return undefined;
}

export function keyOf(value: JsonValue): string {
  return typeof value === 'string'
    ? `"${value}"`
    : typeof value === 'object'
      ? canonicalJson(value)
      : String(value);
}

/** What conditions on an experiment can ask for. */
export function axisValues({ fields, recipes }: Sources): AxisValues {
  const values = new Map<string, Map<string, JsonValue>>();
  const enter = (path: string, value: JsonValue): void => {
    const known = values.get(path) ?? new Map<string, JsonValue>();
    values.set(path, known.set(keyOf(value), value));
  };
  for (const [path, node] of fields) eachValue(node, path, enter);
  for (const name of recipes) enter('recipe', name);
  return values;
}

/** The condition of a step; undefined, and reported, where it is none. */
export function readCondition(step: Step, axes: AxisValues, log: IssueLog): Condition['wanted'] | undefined {
  const { kind, condition } = step;
  if (condition.kind !== 'object') {
    const message = `\`${kind}\` needs the values that it matches`;
    log.add({
      code: 'invalid-condition',
      message,
      expected: '{ axis: value }',
      ...placed(condition.at, step.at),
    });
    return undefined;
  }
  const wanted = condition.entries.map(([path, node]) => {
    const axis = axes.get(path);
    if (axis) return [path, wantedValues(kind, path, node, axis, log)] as const;
    if (log.blames(path)) return undefined;
    const nearest = nearestName(path, [...axes.keys()]);
    const expected =
      axes.size > 0 ? `one of ${listNames([...axes.keys()])}` : 'something that varies; nothing does';
    const message = `\`${kind}\` asks for \`${path}\`, which does not vary here`;
    log.add({
      code: 'not-an-axis',
      message,
      path,
      ...(nearest ? { nearest } : { expected }),
      ...placed(node.at),
    });
    return undefined;
  });
  const complete = wanted.flatMap((entry) => (entry?.[1] ? [[entry[0], entry[1]] as const] : []));
  return complete.length === wanted.length ? complete : undefined;
}

function wantedValues(
  kind: string,
  path: string,
  node: Node,
  axis: ReadonlyMap<string, JsonValue>,
  log: IssueLog,
): ReadonlySet<string> | undefined {
  if (holdsVary(node) || refuseInvalid(node, path, log)) {
    if (holdsVary(node)) {
      const message = `a \`${kind}\` matches values: give several as a list, [a, b]`;
      log.add({ code: 'invalid-condition', message, path, ...placed(node.at) });
    }
    return undefined;
  }
  const whole = keyOf(toJson(node));
  if (axis.has(whole)) return new Set([whole]);
  const items = node.kind === 'array' ? node.items : [node];
  const unknown = items.filter((item) => !axis.has(keyOf(toJson(item))));
  for (const item of unknown) {
    const value = toJson(item);
    const names = [...axis.values()].map(String);
    const nearest = typeof value === 'string' ? nearestName(value, names) : undefined;
    const message = `\`${kind}\` asks for a value that \`${path}\` does not take`;
    const expected = `one of ${listNames([...axis.values()].map(show))}`;
    log.add({
      code: 'not-a-value',
      message,
      path,
      expected,
      got: show(value),
      ...(nearest ? { nearest } : {}),
      ...placed(item.at),
    });
  }
  return unknown.length > 0 ? undefined : new Set(items.map((item) => keyOf(toJson(item))));
}
