import type { SweepSchema } from '@mixlab/contracts/sweep-schema';
import type { AnyRecipe, Authored, Checked, ExperimentFields } from './authored.ts';
import type { AxesOf, NamesIn } from './axes.ts';
import { experimentMark } from './experiment.ts';
import type { Experiment, ExperimentData, Step } from './experiment.ts';
import { originOf } from './origin.ts';
import type { Documented, Settings } from './settings.ts';
import { toNode } from './to-node.ts';

/** Makes experiments over one schema. `S` is a config as authors write it. */
export type DefineSweep<C, S, R extends AnyRecipe, A = Settings<S>> = <const T extends object>(
  authored: Checked<T, Authored<A, R>, T & Documented<A, keyof T & keyof A> & ExperimentFields<R>>,
) => Experiment<C, S, { readonly axes: AxesOf<T>; readonly names: NamesIn<T, S> }>;

/**
 * The function that defines experiments over `schema`. It only takes down what the author says: planning an
 * experiment checks it, all of it at once.
 */
export function defineSweep<C, S = C, R extends AnyRecipe = AnyRecipe, A = Settings<S>>(
  schema: SweepSchema<C>,
): DefineSweep<C, S, R, A> {
  return (authored) =>
    makeExperiment<C, S>({
      [experimentMark]: true,
      name: nameOf(authored),
      schema,
      authored: toNode(authored),
      steps: Object.freeze([]),
      settings: Object.freeze([]),
    }) as never;
}

function makeExperiment<C, S>(data: ExperimentData<C>): Experiment<C, S> {
  const extended = (step: Step): Experiment<C, S> =>
    makeExperiment({ ...data, steps: Object.freeze([...data.steps, Object.freeze(step)]) });
  return Object.freeze({
    ...data,
    when: (condition: unknown, overrides: unknown) =>
      extended({
        kind: 'when',
        condition: toNode(condition),
        overrides: toNode(overrides),
        ...placed(condition),
      }),
    exclude: (condition: unknown) =>
      extended({ kind: 'exclude', condition: toNode(condition), ...placed(condition) }),
  });
}

function placed(value: unknown): Pick<Step, 'at'> {
  const at = originOf(value);
  return at ? { at } : {};
}

function nameOf(authored: unknown): string {
  const name: unknown =
    typeof authored === 'object' && authored !== null && 'name' in authored ? authored.name : '';
  return typeof name === 'string' ? name : '';
}
