import type { AuthoredDataset } from '@mixlab/catalog/datasets';
import { imageFolder as describe } from '@mixlab/catalog/datasets';
import type { OnlyKnown } from './settings.ts';
import { carryOrigins } from './origin.ts';

/** Any folder tree `<root>/<split>/<class>/<image>`, whose root a machine gives by MIXLAB_DATA_<NAME>. */
export function imageFolder<const D extends AuthoredDataset>(dataset: OnlyKnown<D, AuthoredDataset>): D {
  return carryOrigins(dataset, Object.freeze(describe(dataset))) as D;
}
