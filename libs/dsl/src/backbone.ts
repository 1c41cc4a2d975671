import type { BackboneName } from '@mixlab/catalog/registry';
import type { TimmModel } from '@mixlab/catalog/timm-models';

/** A network by name: one that the catalog lists, or any other model of timm. */
export type Backbone = BackboneName | TimmModel;
