import { type ConfigIssue, nearestName } from '@mixlab/contracts';
import type { CatalogExtension } from './extension.ts';
import { backbones } from './generated/registry.ts';
import { timmModels } from './generated/timm-models.ts';

const known: ReadonlySet<string> = new Set([...backbones.map(({ name }) => name), ...timmModels]);

/** The networks that there are: the catalog's, timm's and those of users' own packages. */
export function knownBackbones(extensions: readonly CatalogExtension[]): ReadonlySet<string> {
  const further = extensions.flatMap((extension) => extension.backbones.map(({ name }) => name));
  return further.length === 0 ? known : new Set([...known, ...further]);
}

const ofTimm: ReadonlySet<string> = new Set(timmModels);

/** Whether timm has a network of this name, and so perhaps weights for it. */
export function isOfTimm(name: string): boolean {
  return ofTimm.has(name);
}

/** The problem with a backbone that is none of those. */
export function unknownBackbone(name: string, among: ReadonlySet<string>, path = 'backbone'): ConfigIssue[] {
  if (among.has(name)) return [];
  const nearest = nearestName(name, [...among]);
  return [
    {
      code: 'unknown-backbone',
      message: 'no network has this name, neither here nor in timm',
      path,
      got: JSON.stringify(name),
      ...(nearest ? { nearest } : {}),
    },
  ];
}
