import type { BackboneName } from '@mixlab/catalog/registry';

declare const timmName: unique symbol;

/** Name of a timm model that the catalog does not list. */
export type TimmName<N extends string = string> = N & { readonly [timmName]: N };

/** A backbone of the catalog, or any other model of timm by `timm('name')`. */
export type Backbone = BackboneName | TimmName;

/** Any model of timm; a plain string is only taken for backbones of the catalog, so that the editor sees a typo. */
export function timm<const N extends string>(name: N): TimmName<N> {
  return name as TimmName<N>;
}
