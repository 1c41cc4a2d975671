import type { ConfigIssue } from '@mixlab/contracts';
import type { FixedConfigs, FixOptions } from './fix/fixed-configs.ts';

/** See `formerNames`; ts-morph is loaded only now. */
export async function findFormerNames(home: string, files: readonly string[]): Promise<ConfigIssue[]> {
  const { formerNames } = await import('./fix/former-names.ts');
  return formerNames(home, files);
}

/** See `fixedConfigs`; ts-morph is loaded only now. */
export async function fixConfigs(options: FixOptions): Promise<FixedConfigs> {
  const { fixedConfigs } = await import('./fix/fixed-configs.ts');
  return fixedConfigs(options);
}
