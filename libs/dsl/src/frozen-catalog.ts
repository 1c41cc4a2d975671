import { datasets } from '@mixlab/catalog/datasets';
import { recipes } from '@mixlab/catalog/recipes';
import { deepFreeze } from '@mixlab/contracts/deep-freeze';

// What one authored file did to them, all others would have.
deepFreeze(datasets);
deepFreeze(recipes);

export { datasets, recipes };
