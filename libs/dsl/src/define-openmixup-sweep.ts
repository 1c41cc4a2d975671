import type { OpenMixupOptions } from '@mixlab/catalog/openmixup-schema';
import { openmixupSchema } from '@mixlab/catalog/openmixup-schema';
import type { JsonObject, JsonValue } from '@mixlab/contracts/json';
import { defineSweep } from './define-sweep.ts';
import type { DefineSweep } from './define-sweep.ts';
import type { OpenMixupConfig, OpenMixupSettings } from './openmixup-settings.ts';
import { carryOrigins, originOf, recordOrigin } from './origin.ts';
import { isTodo } from './todo.ts';

/**
 * The function that defines sweeps over a base config of OpenMixup, which `mixlab import` makes an object `as const`:
 * every dotted path of it may be set or varied. What a sweep does not set stays as the base has it.
 */
export function defineOpenMixupSweep<const B extends object>(
  base: B,
  options: OpenMixupOptions = {},
): DefineSweep<JsonObject, OpenMixupConfig<B>, never, OpenMixupSettings<B>> {
  const schema = openmixupSchema((known(base) ?? {}) as JsonObject, options);
  const define = defineSweep<JsonObject, OpenMixupConfig<B>, never, OpenMixupSettings<B>>(schema);
  const recipe = Object.freeze({
    name: options.names?.base ?? 'base',
    values: isTodo(base) ? { base } : base,
  });
  return ((authored: object) => {
    const whole = carryOrigins(authored, { recipe, ...authored });
    recordOrigin(whole, '', originOf(authored));
    return define(whole as never);
  }) as never;
}

/** The base with `null`, which says nothing, for what is not filled in yet. */
function known(value: unknown): JsonValue {
  if (isTodo(value)) return null;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}
