import type { PythonFields, RecipePlaces } from '@mixlab/authoring';
import type { JsonValue, SourceLocation } from '@mixlab/contracts';
import type { AuthoredBy, DefaultOf, Explanation, Origin } from '@mixlab/plan';

/** What set a value. */
export type Source =
  | { readonly kind: 'authored'; readonly by: AuthoredBy; readonly at?: SourceLocation }
  | {
      readonly kind: 'recipe';
      readonly recipe: string;
      readonly at?: SourceLocation;
      /** Where the experiment takes the recipe. */
      readonly takenAt?: SourceLocation;
    }
  | { readonly kind: 'command-line'; readonly setting: string }
  | {
      readonly kind: 'default';
      /** Class of the training library, or title of the schema. */
      readonly model?: string;
      readonly field?: string;
      readonly at?: SourceLocation;
    };

/** A value of a run config and where it is from. */
export interface TracedValue {
  readonly path: string;
  readonly value: JsonValue;
  readonly from: Source;
  /** What lies under it, the newest first; without a value where it had been taken away. */
  readonly replaced: readonly { readonly value?: JsonValue; readonly from: Source }[];
}

/** Finds the places that only sources tell: of recipes, and of defaults. */
export interface Places {
  readonly recipe: RecipePlaces;
  readonly python: PythonFields;
}

export function trace({ path, value, settings, default: under }: Explanation, places: Places): TracedValue {
  const steps = settings.map((setting) => ({
    ...('value' in setting ? { value: setting.value as JsonValue } : {}),
    from: sourceOf(setting.origin, path, places),
  }));
  const lowest = defaultSource(under, places);
  const [newest] = steps;
  if (!newest || !('value' in newest)) return { path, value, from: lowest, replaced: steps };
  const bottom = under && 'value' in under ? [{ value: under.value as JsonValue, from: lowest }] : [];
  return { path, value, from: newest.from, replaced: [...steps.slice(1), ...bottom] };
}

function sourceOf(origin: Origin, path: string, places: Places): Source {
  if (origin.kind === 'authored') return origin;
  if (origin.kind === 'command-line') return { kind: 'command-line', setting: origin.setting };
  if (origin.kind === 'default') return { kind: 'default' };
  const { recipe, at } = origin;
  // A recipe that is written out in an authored file has places of its own.
  const own = at && !at.brought ? undefined : places.recipe(recipe, path.split('.'));
  if (!own) return origin;
  const { brought: _, ...takenAt } = at ?? {};
  return { kind: 'recipe', recipe, at: own, ...(at ? { takenAt: takenAt as SourceLocation } : {}) };
}

function defaultSource(under: DefaultOf | undefined, { python }: Places): Source {
  if (!under) return { kind: 'default' };
  const { model, field } = under;
  const at = model === undefined ? undefined : python(model, field);
  return { kind: 'default', ...(model === undefined ? {} : { model }), field, ...(at ? { at } : {}) };
}
