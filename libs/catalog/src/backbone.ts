import type { BackboneName } from './generated/registry.ts';
import type { TimmModel } from './generated/timm-models.ts';
import type { UserBackbones } from './user-catalog.ts';

/** A network by name: one that the catalog lists, any other model of timm, or one of a user's own package. */
export type Backbone = BackboneName | TimmModel | (keyof UserBackbones & string);
