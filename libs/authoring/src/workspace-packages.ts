import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * The packages that every authored file may import, as the files of this installation. Authored files are linked
 * to these whatever lies in their own `node_modules`, so that they share one instance with the generator.
 */
export const linkedPackages: Readonly<Record<string, string>> = {
  '@mixlab/dsl': require.resolve('@mixlab/dsl'),
};

export const originModule = require.resolve('@mixlab/dsl/origin');
