import { z } from 'zod';
import type { OptionMeta } from '@mixlab/contracts';

export type OptionKind = 'flag' | 'value' | 'list' | 'flag-or-value';

/** What the command line and the Nx schema need to know of one option, read off its zod schema. */
export interface OptionSpec extends OptionMeta {
  /** Field of the options, camelCase. */
  readonly key: string;
  /** Without dashes, kebab-case. */
  readonly flag: string;
  readonly kind: OptionKind;
  readonly description: string;
  /** Whether a value is a number. */
  readonly numeric: boolean;
  /** The only values allowed, if they are known beforehand. */
  readonly allowed: readonly string[] | undefined;
  readonly defaultValue: unknown;
  readonly required: boolean;
}

export function optionSpecs(options: z.ZodObject): OptionSpec[] {
  return Object.entries(options.shape).map(([key, schema]) => optionSpec(key, schema));
}

function optionSpec(key: string, schema: z.core.$ZodType): OptionSpec {
  const { layers, core } = unwrap(schema);
  const element = core instanceof z.ZodArray ? unwrap(core.element).core : core;
  const meta: Partial<OptionMeta & { description: string }> = Object.assign(
    {},
    ...layers.map((layer) => z.globalRegistry.get(layer)).reverse(),
  );
  const defaultLayer = layers.find((layer) => layer instanceof z.ZodDefault);
  return {
    ...meta,
    key,
    flag: key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    kind: kindOf(core),
    description: meta.description ?? '',
    numeric: element instanceof z.ZodNumber,
    allowed: element instanceof z.ZodEnum ? element.options.map(String) : undefined,
    defaultValue: defaultLayer instanceof z.ZodDefault ? defaultLayer.def.defaultValue : undefined,
    required: core === layers[0],
  };
}

/** What a message calls an option: `--mix-mode`, or `RUN` for an argument. */
export function shownName({ flag, positional }: OptionSpec): string {
  return positional ? flag.toUpperCase() : `--${flag}`;
}

/** Looks through `optional()`, `default()` and the like; a description may stand on any of the layers. */
function unwrap(schema: z.core.$ZodType): { layers: z.core.$ZodType[]; core: z.core.$ZodType } {
  const layers = [schema];
  let core = schema;
  while (core instanceof z.ZodOptional || core instanceof z.ZodDefault || core instanceof z.ZodNullable) {
    core = core.unwrap();
    layers.push(core);
  }
  return { layers, core };
}

function kindOf(core: z.core.$ZodType): OptionKind {
  if (core instanceof z.ZodBoolean) return 'flag';
  if (core instanceof z.ZodArray) return 'list';
  if (core instanceof z.ZodUnion && core.options.some((option) => option instanceof z.ZodBoolean))
    return 'flag-or-value';
  return 'value';
}
