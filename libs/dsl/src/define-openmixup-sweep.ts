import type { OpenMixupOptions } from '@mixlab/catalog/openmixup-schema';
import { openmixupSchema } from '@mixlab/catalog/openmixup-schema';
import type { JsonObject, JsonValue } from '@mixlab/contracts/json';
import { defineSweep } from './define-sweep.ts';
import type { DefineSweep } from './define-sweep.ts';
import type { OpenMixupConfig, OpenMixupSettings } from './openmixup-settings.ts';
import { carryOrigins, originOf, recordOrigin } from './origin.ts';
import { drawSample } from './sample.ts';
import type { DistributionsOf, SampleOver } from './sample.ts';
import { isTodo } from './todo.ts';
import { couple } from './together.ts';
import type { TogetherOver } from './together.ts';
import type { Vary } from './vary.ts';

/** Fields that do not vary themselves. */
type Fixed<S> = { readonly [K in keyof S]: Exclude<S[K], Vary<unknown>> };

/** Defines sweeps over the base config `B`. */
export interface OpenMixupSweep<B> extends DefineSweep<
  JsonObject,
  OpenMixupConfig<B>,
  never,
  OpenMixupSettings<B>
> {
  /** `together` of the fields of the base: `...sweep.together({ 'runner.max_epochs': 100 }, { 'runner.max_epochs': 300 })`. */
  readonly together: TogetherOver<Fixed<OpenMixupSettings<B>>>;
  /** `sample` of the fields of the base: `...sweep.sample(20, { 'optimizer.lr': logUniform(1e-4, 1e-1) })`. */
  readonly sample: SampleOver<DistributionsOf<Fixed<OpenMixupSettings<B>>>>;
}

/**
 * The function that defines sweeps over a base config of OpenMixup, which `mixlab import` makes an object `as const`:
 * every dotted path of it may be set or varied. What a sweep does not set stays as the base has it.
 */
export function defineOpenMixupSweep<const B extends object>(
  base: B,
  options: OpenMixupOptions = {},
): OpenMixupSweep<B> {
  const schema = openmixupSchema((known(base) ?? {}) as JsonObject, options);
  const define = defineSweep<JsonObject, OpenMixupConfig<B>, never, OpenMixupSettings<B>>(schema);
  const recipe = Object.freeze({
    name: options.names?.base ?? 'base',
    values: isTodo(base) ? { base } : base,
  });
  const defineOver = (authored: object) => {
    const whole = carryOrigins(authored, { recipe, ...authored });
    recordOrigin(whole, '', originOf(authored));
    return define(whole as never);
  };
  return Object.assign(defineOver, { together: couple, sample: drawSample }) as never;
}

/** The base with `null`, which says nothing, for what is not filled in yet. */
function known(value: unknown): JsonValue {
  if (isTodo(value)) return null;
  if (Array.isArray(value)) return value.map(known);
  if (typeof value !== 'object' || value === null) return value as JsonValue;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner)]));
}
