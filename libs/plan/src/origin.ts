import type { SourceLocation } from '@mixlab/contracts';

/** Where a value of a run comes from. */
export type Origin =
  | { readonly kind: 'authored'; readonly at?: SourceLocation }
  | { readonly kind: 'recipe'; readonly recipe: string; readonly at?: SourceLocation }
  | { readonly kind: 'command-line'; readonly setting: string; readonly at?: undefined }
  | { readonly kind: 'default'; readonly at?: undefined };

/** `, from the recipe pytorch`: what a message says of a value that does not stand where it points. */
export function formatOrigin(origin: Origin): string {
  if (origin.kind === 'recipe') return `, from the recipe ${origin.recipe}`;
  if (origin.kind === 'command-line') return `, from --set ${origin.setting}`;
  return '';
}
