import type { SweepSchema } from '@mixlab/contracts/sweep-schema';
import type { CatalogExtension } from './extension.ts';
import type { RunConfig } from './generated/run-config.ts';

/**
 * What the compiler sees of `@mixlab/catalog/mixlab-schema`. Authored files are checked on every change, and their
 * check would take twice as long with zod's types in it.
 */
export declare const mixlabSchema: SweepSchema<RunConfig>;
export declare function extendMixlabSchema(extensions: readonly CatalogExtension[]): SweepSchema<RunConfig>;
