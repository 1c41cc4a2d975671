import type { JsonSchema } from '@mixlab/contracts';
import { cacheLimit } from './dimension.ts';
import type { Dimension } from './dimension.ts';
import { Field } from './field-state.ts';
import type { Layer } from './field-state.ts';
import type { Patch } from './patch.ts';
import type { Sources } from './sources.ts';
import type { ExcludeStep, WhenStep } from './steps.ts';

/** The choices of a dimension. */
export interface Track extends Layer {
  readonly dimension: Dimension;
  /** By how much the number of a point grows from one choice to the next. */
  readonly stride: number;
  /** Whether all points share its one choice. */
  readonly isSettled: boolean;
  /** Whether the conditions of steps look at it. */
  readonly isWatched: boolean;
}

/** A `when`: what it sets, where it matches. */
export interface Match extends Layer {
  readonly when: WhenStep;
}

/** A track for each dimension. Of their combinations, the choice that was written last changes fastest. */
export function tracksOf(
  { dimensions, gridOrder, recipes }: Sources,
  steps: readonly (WhenStep | ExcludeStep)[],
): Track[] {
  const wanted = steps.flatMap((step) => step.wanted.map(([path]) => path));
  const strides: number[] = [];
  let points = 1;
  for (const at of gridOrder.toReversed()) {
    strides[at] = points;
    points *= (dimensions[at] as Dimension).size;
  }
  return dimensions.map((dimension, at) => {
    // A recipe lies under everything else: nothing is settled where it varies.
    const isSettled = dimension.size === 1 && recipes.length <= 1;
    return {
      dimension,
      size: dimension.size,
      stride: strides[at] as number,
      isSettled,
      isWatched: wanted.some((path) => dimension.paths.has(path)),
      index: isSettled ? 0 : -1,
      patches: isSettled ? dimension.choice(0).patches : [],
    };
  });
}

export function matchesOf(steps: readonly (WhenStep | ExcludeStep)[]): Match[] {
  return steps.flatMap((step) =>
    step.kind === 'when' ? [{ when: step, size: 2, index: 0, patches: [] }] : [],
  );
}

/** Each field that a schema, or anything that is laid over it, has. */
export function fieldsOf(
  root: JsonSchema,
  tracks: readonly Track[],
  matches: readonly Match[],
  settings: readonly Patch[],
): Field[] {
  const overrides = [...matches.flatMap(({ when }) => when.patches), ...settings];
  const names = new Set([
    ...Object.keys(root.properties ?? {}),
    ...tracks.flatMap(({ dimension }) => dimension.fields),
    ...overrides.map(({ field }) => field),
  ]);
  const settled = tracks.filter(({ isSettled }) => isSettled);
  return [...names].map((name) => {
    const isOf = ({ field }: Patch) => field === name;
    const common = settled.flatMap(({ patches }) => patches).filter(isOf);
    const choices = tracks.filter(
      ({ isSettled, dimension }) => !isSettled && dimension.fields.includes(name),
    );
    const whens = matches.filter(({ when }) => when.patches.some(isOf));
    const limit = cacheLimit(choices.reduce((size, track) => size * track.size, 1));
    const layers = { common, layers: [...choices, ...whens], settings: settings.filter(isOf) };
    return new Field(name, root, layers, limit);
  });
}
