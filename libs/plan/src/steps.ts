import type { JsonSchema, JsonValue, Report, SourceLocation } from '@mixlab/contracts';
import type { Node, Step } from '@mixlab/dsl';
import { refuseInvalid, refuseUnknownPath } from './check-node.ts';
import { eachValue } from './axis-values.ts';
import type { Choice } from './dimension.ts';
import { headFields, readReport } from './head.ts';
import { canonicalJson } from './identity.ts';
import type { IssueLog } from './issue-log.ts';
import { listNames, nearestName, show } from './nearest.ts';
import { holdsVary, placed, toJson } from './node-value.ts';
import { overlap } from './paths.ts';
import { patchOf } from './patch.ts';
import type { Patch } from './patch.ts';
import type { Sources } from './sources.ts';

/** A condition of a `when` or `exclude`: for each path the values that match, as canonical JSON. */
export interface Condition {
  readonly at: SourceLocation | undefined;
  readonly wanted: readonly (readonly [path: string, values: ReadonlySet<string>])[];
}

export interface WhenStep extends Condition {
  readonly kind: 'when';
  readonly patches: readonly Patch[];
  readonly report: Report | undefined;
}

export interface ExcludeStep extends Condition {
  readonly kind: 'exclude';
}

type AxisValues = ReadonlyMap<string, ReadonlyMap<string, JsonValue>>;

/** The steps of an experiment that can be carried out; what is wrong in the others is reported. */
export function readSteps(
  steps: readonly Step[],
  sources: Sources,
  root: JsonSchema,
  log: IssueLog,
): (WhenStep | ExcludeStep)[] {
  const values = axisValues(sources);
  return steps.flatMap((step): (WhenStep | ExcludeStep)[] => {
    const wanted = readCondition(step, values, log);
    if (step.kind === 'exclude') return wanted ? [{ kind: 'exclude', at: step.at, wanted }] : [];
    const overrides = readOverrides(step.overrides, root, log);
    return wanted ? [{ kind: 'when', at: step.at, wanted, ...overrides }] : [];
  });
}

export function matches({ wanted }: Condition, choices: readonly Choice[]): boolean {
  return wanted.every(([path, values]) => {
    for (const { seen } of choices) {
      const axis = seen.find(([candidate]) => candidate === path);
      if (axis) return values.has(keyOf(axis[1]));
    }
    return false;
  });
}

function keyOf(value: JsonValue): string {
  return typeof value === 'string'
    ? `"${value}"`
    : typeof value === 'object'
      ? canonicalJson(value)
      : String(value);
}

function axisValues({ fields, recipes }: Sources): AxisValues {
  const values = new Map<string, Map<string, JsonValue>>();
  const enter = (path: string, value: JsonValue): void => {
    const known = values.get(path) ?? new Map<string, JsonValue>();
    values.set(path, known.set(keyOf(value), value));
  };
  for (const [path, node] of fields) eachValue(node, path, enter);
  for (const name of recipes) enter('recipe', name);
  return values;
}

function readCondition(step: Step, axes: AxisValues, log: IssueLog): Condition['wanted'] | undefined {
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

function readOverrides(node: Node, root: JsonSchema, log: IssueLog): Pick<WhenStep, 'patches' | 'report'> {
  if (node.kind !== 'object') {
    log.add({
      code: 'invalid-overrides',
      message: '`when` needs the values that it sets',
      ...placed(node.at),
    });
    return { patches: [], report: undefined };
  }
  const report = node.entries.find(([path]) => path === 'report')?.[1];
  const patches: Patch[] = [];
  const paths: string[] = [];
  for (const [path, value] of node.entries) {
    if (path === 'report') continue;
    const other = paths.find((earlier) => overlap(path, earlier));
    paths.push(path);
    if (headFields.includes(path)) {
      const message = `\`${path}\` is the same for all runs of an experiment: \`when\` does not change it`;
      log.add({ code: 'does-not-vary', message, path, ...placed(value.at) });
    } else if (other !== undefined) {
      const message = `\`${path}\` and \`${other}\` set the same value: write it in one place`;
      log.add({ code: 'two-sources', message, path, ...placed(value.at) });
    } else if (holdsVary(value)) {
      const message = 'nothing varies in a `when`: write one value, or let it vary in the experiment';
      log.add({ code: 'does-not-vary', message, path, ...placed(value.at) });
    } else if (!refuseUnknownPath(path, root, value.at, log) && !refuseInvalid(value, path, log)) {
      patches.push(patchOf(path, value));
    }
  }
  return { patches, report: readReport(report, log) };
}
