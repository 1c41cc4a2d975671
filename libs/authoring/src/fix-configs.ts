import type { FixedConfigs, FixOptions } from './fix/fixed-configs.ts';

/** See `fixedConfigs`; ts-morph is loaded only now. */
export async function fixConfigs(options: FixOptions): Promise<FixedConfigs> {
  const { fixedConfigs } = await import('./fix/fixed-configs.ts');
  return fixedConfigs(options);
}
