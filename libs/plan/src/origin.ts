import type { JsonValue, SourceLocation } from '@mixlab/contracts';

/** What of an experiment sets a value: its own object, something in it that varies, a `together`, a `sample`, a `when`. */
export type AuthoredBy = 'experiment' | 'vary' | 'together' | 'sample' | 'when';

/** Where a value of a run comes from. */
export type Origin =
  | { readonly kind: 'authored'; readonly by: AuthoredBy; readonly at?: SourceLocation }
  | { readonly kind: 'recipe'; readonly recipe: string; readonly at?: SourceLocation }
  | { readonly kind: 'command-line'; readonly setting: string; readonly at?: undefined }
  | { readonly kind: 'default'; readonly at?: undefined };

/** One of the things that were laid over each other at a path. */
export interface Setting {
  /** What stands there since; absent where the whole that it was part of was replaced by one without it. */
  readonly value?: JsonValue;
  readonly origin: Origin;
}

/** The field of a schema that a default is of. */
export interface DefaultOf {
  /** Title of the object's schema, which is the name of the class where the training library is the source. */
  readonly model?: string;
  readonly field: string;
  /** Absent where the field has none, and for a format's constants. */
  readonly value?: JsonValue;
}

/** `, from the recipe pytorch`: what a message says of a value that does not stand where it points. */
export function formatOrigin(origin: Origin): string {
  if (origin.kind === 'recipe') return `, from the recipe ${origin.recipe}`;
  if (origin.kind === 'command-line') return `, from --set ${origin.setting}`;
  return '';
}
