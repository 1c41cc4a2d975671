import type { CommandLine, CommandRun } from '@mixlab/contracts/command-line';
import type { ConfigIssue } from '@mixlab/contracts/issue';
import type { JsonObject, JsonPrimitive, JsonSchema, JsonValue } from '@mixlab/contracts/json';
import { nearestName } from '@mixlab/contracts/nearest';
import type { SweepSchema } from '@mixlab/contracts/sweep-schema';
import { defineSweep } from './define-sweep.ts';
import type { DefineSweep } from './define-sweep.ts';
import { drawSample } from './sample.ts';
import type { DistributionsOf, SampleOver } from './sample.ts';
import type { Settings } from './settings.ts';
import { couple } from './together.ts';
import type { TogetherOver } from './together.ts';

/** Another trainer, as its user describes it. */
export interface EngineDefinition<C extends object> {
  /** Name of the engine in `plan.json`: `timm`. */
  readonly name: string;
  /** A config with every field that there is, and its default. A field that is null may be anything. */
  readonly schema: C;
  /** Text of a run's config file. Default: its JSON. */
  readonly render?: (config: C) => string;
  /** The program that trains a trial, and its arguments. Exit code 0 says that the trial is done. */
  readonly command: (run: CommandRun<C>) => readonly (string | number)[];
}

/** What experiments over another trainer are made with. */
export interface UserEngine<C extends object> {
  readonly schema: SweepSchema<C>;
  /** Like `defineExperiment`, over the fields of this engine. */
  readonly define: DefineSweep<C, Open<C>, never>;
  /** `together` of these fields: `...engine.together({ lr: 0.1, epochs: 100 }, { lr: 0.05, epochs: 300 })`. */
  readonly together: TogetherOver<Settings<Open<C>, 'fixed'>>;
  /** `sample` of these fields: `...engine.sample(20, { lr: logUniform(1e-4, 1e-1) })`. */
  readonly sample: SampleOver<DistributionsOf<Settings<Open<C>, 'fixed'>>>;
}

/** A config as authors write it: a field whose default is null takes anything. */
type Open<C> = {
  readonly [K in keyof C]: C[K] extends null
    ? unknown
    : C[K] extends JsonPrimitive | readonly unknown[]
      ? C[K]
      : Open<C[K]>;
};

/**
 * An engine of one's own: experiments over another trainer's fields, with the names, scripts, queue and retries that
 * Mixlab's have. `docs/engines.md` shows one.
 */
export function defineEngine<C extends object>(definition: EngineDefinition<C>): UserEngine<C> {
  const schema = schemaOf(definition);
  // The compiler cannot work out the fields of a type that it does not know yet.
  return {
    schema,
    define: defineSweep(schema as unknown as SweepSchema) as never,
    together: couple as never,
    sample: drawSample as never,
  };
}

function schemaOf<C extends object>({ name, schema, render, command }: EngineDefinition<C>): SweepSchema<C> {
  const defaults = JSON.parse(JSON.stringify(schema)) as JsonObject;
  const commandLine: CommandLine<C> = {
    render: render ?? ((config) => `${JSON.stringify(config, null, 2)}\n`),
    command,
  };
  return {
    engine: name,
    version: 1,
    jsonSchema: objectSchema(defaults),
    nameParts: [],
    commandLine,
    validate(config) {
      const issues = issuesIn(config, defaults, '');
      return issues.length > 0 ? { issues } : { value: filled(config, defaults) as C };
    },
  };
}

function objectSchema(defaults: JsonObject): JsonSchema {
  const properties = Object.entries(defaults).map(([key, value]): [string, JsonSchema] => [
    key,
    // Trials are repetitions with other seeds.
    { ...valueSchema(value), ...(key === 'seed' ? { 'x-identity': false } : {}) },
  ]);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}

function valueSchema(value: JsonValue): JsonSchema {
  if (isObject(value)) return objectSchema(value);
  return { ...(value === null || Array.isArray(value) ? {} : { type: typeof value }), default: value };
}

function issuesIn(value: JsonValue, expected: JsonValue, path: string): ConfigIssue[] {
  if (expected === null) return [];
  if (kindOf(value) !== kindOf(expected)) {
    const got = JSON.stringify(value);
    return [
      { code: 'invalid-value', message: 'not such a value', path, expected: `a ${kindOf(expected)}`, got },
    ];
  }
  if (!isObject(expected)) return [];
  return Object.entries(value as JsonObject).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const known = Object.hasOwn(expected, key) ? expected[key] : undefined;
    if (known !== undefined) return issuesIn(inner, known, at);
    const nearest = nearestName(key, Object.keys(expected));
    const issue = { code: 'unknown-path', message: 'this engine has no such field', path: at };
    return [nearest ? { ...issue, nearest } : issue];
  });
}

function filled(value: JsonValue | undefined, defaults: JsonValue): JsonValue {
  if (value === undefined) return defaults;
  if (!isObject(defaults) || !isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(defaults).map(([key, inner]) => [key, filled(value[key], inner as JsonValue)]),
  );
}

function kindOf(value: JsonValue): string {
  if (Array.isArray(value)) return 'list';
  return value === null ? 'null' : typeof value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
