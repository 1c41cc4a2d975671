import { isDeepStrictEqual } from 'node:util';
import { fieldsRead } from '@mixlab/catalog';
import type { ConfigIssue } from '@mixlab/contracts';
import type { Node, ObjectNode, Step } from '@mixlab/dsl';
import { overlap } from '@mixlab/plan';

/** Whether a problem may be one of this field. */
export type MayBeOf = (field: string) => boolean;

/**
 * Which fields a problem of types may be of: in a condition, those that its `when` sets; of a name that is near none, all
 * with half of its words.
 */
export function fieldsMeant({ code, path, nearest, at }: ConfigIssue, steps: readonly Step[]): MayBeOf {
  const step = steps.find(({ condition }) =>
    entriesOf(condition).some(([, node]) =>
      [node, ...(node.kind === 'array' ? node.items : [])].some((one) => at && isDeepStrictEqual(one.at, at)),
    ),
  );
  if (step)
    return step.kind === 'when' ? overlapsAny(entriesOf(step.overrides).map(([key]) => key)) : anyField;
  if (path === undefined) return anyField;
  if (code !== 'unknown-path') return overlapsAny([path]);
  if (nearest !== undefined) return overlapsAny([path, nearest, `${path.replace(/[^.]*$/, '')}${nearest}`]);
  const words = [...new Set(wordsOf(path))];
  return (field) => {
    const others = wordsOf(field);
    return words.filter((word) => others.includes(word)).length >= words.length / 2;
  };
}

const IMAGES = ['backbone', 'dataset', 'inputs'];

/** Problems that stand whatever else is wrong. */
export const STANDING: ReadonlySet<string> = new Set(['duplicate-value', 'invalid-name', 'todo']);

/** Fields, beside its own, from which a problem follows that planning finds and no rule of the catalog is about. */
const BESIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['missing-teacher', ['mixMode.teacher', 'mixMode.choices']],
  ['missing-value', ['recipe']],
  ['no-rung', ['maxEpochs']],
  ['small-images', IMAGES],
  ['two-image-sizes', IMAGES],
  ['unequal-together', []],
  ['unevaluated-rung', ['maxEpochs', 'halving']],
  ['uneven-batch', ['launch']],
  ['uneven-halving', ['maxEpochs']],
  ['uneven-images', IMAGES],
  ['uneven-passes', ['batchSize', 'launch']],
  ['unknown-metric', []],
  ['unknown-path', []],
  ['unlogged-metric', ['halving']],
]);

/** Fields from which a problem follows that planning finds; undefined where it may follow from any. */
export function fieldsBehind(
  { code, path, at }: ConfigIssue,
  steps: readonly Step[],
): readonly string[] | undefined {
  const read = fieldsRead(code).map((field) => field.replace(/\[.*/, ''));
  if (read.length > 0 || STANDING.has(code)) return read;
  if (/^unmatched-(when|exclude)$/.test(code)) {
    const step = steps.find((one) => at && isDeepStrictEqual(one.at, at));
    return step && axesOf(step);
  }
  if (code === 'nothing-left') return steps.filter(({ kind }) => kind === 'exclude').flatMap(axesOf);
  const beside = BESIDE.get(code);
  return beside && [...(path?.split(', ') ?? []), ...beside];
}

const anyField: MayBeOf = () => true;

function overlapsAny(names: readonly string[]): MayBeOf {
  return (field) => names.some((name) => overlap(field, name));
}

function axesOf({ condition }: Step): string[] {
  return entriesOf(condition).map(([key]) => key);
}

/** The fields of what an author wrote. */
export function entriesOf(node: Node): ObjectNode['entries'] {
  return node.kind === 'object' ? node.entries : [];
}

/** `max`, `epochs` of `maxEpochs`. */
function wordsOf(path: string): string[] {
  return path.split(/[^A-Za-z]+|(?=[A-Z])/).map((word) => word.toLowerCase());
}
