import { type ConfigIssue, nearestName } from '@mixlab/contracts';
import { backbones } from './generated/registry.ts';
import { timmModels } from './generated/timm-models.ts';

const known: ReadonlySet<string> = new Set([...backbones.map(({ name }) => name), ...timmModels]);

/** The problem with a backbone that neither the catalog nor timm has. */
export function unknownBackbone(name: string): ConfigIssue[] {
  if (known.has(name)) return [];
  const nearest = nearestName(name, [...known]);
  return [
    {
      code: 'unknown-backbone',
      message: 'no network has this name, neither here nor in timm',
      path: 'backbone',
      got: JSON.stringify(name),
      ...(nearest ? { nearest } : {}),
    },
  ];
}
