import type { BackboneName } from '@mixlab/catalog/registry';
import type { TimmModel } from '@mixlab/catalog/timm-models';
import type { UserBackbones } from './user-methods.ts';

/** A network by name: one that the catalog lists, any other model of timm, or one of a user's own package. */
export type Backbone = BackboneName | TimmModel | (keyof UserBackbones & string);
