import type { ConfigIssue } from '@mixlab/contracts/issue';
import type { JsonObject, JsonSchema, JsonValue } from '@mixlab/contracts/json';
import { nearestName } from '@mixlab/contracts/nearest';
import type { SweepSchema } from '@mixlab/contracts/sweep-schema';
import type { OpenMixupNames } from './openmixup-naming.ts';
import { openMixupNaming } from './openmixup-naming.ts';
import { unreadInOpenMixup } from './openmixup-unread.ts';

export interface OpenMixupOptions {
  /** What the generator of OpenMixup makes file names of: `mixlab configs --naming=openmixup`. */
  readonly names?: OpenMixupNames;
  /** Where the base has whole numbers that are floats, as JSON pointers: `mixlab import` lists them in its module. */
  readonly floats?: readonly string[];
  /** Whether a sweep may set what nothing in OpenMixup reads, as its own scripts do. */
  readonly keepDefects?: boolean;
}

/** Fields that do not change what is trained. */
const ASIDE: ReadonlySet<string> = new Set([
  ...['checkpoint_config', 'gpu_ids', 'log_config', 'log_level', 'resume_from', 'seed', 'work_dir'],
]);

/**
 * The schema of the configs that a sweep over `base` makes: every field that the base has, with the kind of value it has
 * there. `null` and lists may stand for numbers and strings, as OpenMixup takes them; where the base has `null`, anything
 * may. A dict with another `type` is another thing, of which nothing is known.
 */
export function openmixupSchema(base: JsonObject, options: OpenMixupOptions = {}): SweepSchema {
  const { names, floats = [], keepDefects = false } = options;
  const check = (value: JsonValue | undefined, field?: string): readonly ConfigIssue[] => {
    const expected = field === undefined ? base : base[field];
    return value === undefined ? [] : issuesIn(value, expected ?? null, field ?? '');
  };
  return {
    engine: 'openmixup',
    version: 1,
    jsonSchema: topSchema(base),
    nameParts: [
      { path: 'model.backbone.type', prefix: '' },
      { path: 'model.backbone.arch', prefix: '' },
      { path: 'model.backbone.depth', prefix: 'd' },
      { path: 'model.mix_mode', prefix: '' },
      { path: 'runner.max_epochs', prefix: 'ep' },
      { path: 'model.alpha', prefix: 'a' },
    ],
    ...(keepDefects ? {} : { unread: (path) => unreadInOpenMixup(base, path) }),
    ...(names ? { naming: openMixupNaming(names) } : {}),
    floats: { places: floats, ...(names?.spelling ? { spelling: names.spelling } : {}) },
    validate(config) {
      const issues = check(config);
      return issues.length > 0 ? { issues } : { value: config };
    },
    fieldwise: {
      validate(field, value) {
        const issues = check(value, field);
        return issues.length > 0 ? { issues } : { value };
      },
      rules: () => [],
    },
  };
}

function topSchema(base: JsonObject): JsonSchema {
  if (Object.keys(base).length === 0) return unknown;
  const fields = Object.entries(base).map(([key, value]): [string, JsonSchema] => {
    return [key, { ...schemaOf(value), ...(ASIDE.has(key) ? { 'x-identity': false } : {}) }];
  });
  return { type: 'object', properties: Object.fromEntries(fields) };
}

/** Of a base config that is not there: every path may be one of it. */
const unknown: JsonSchema = {
  type: 'object',
  additionalProperties: { $ref: '#/$defs/Unknown' },
  $defs: { Unknown: { type: 'object', additionalProperties: { $ref: '#/$defs/Unknown' } } },
};

const empty: JsonSchema = { type: 'null' };
/** Anything at all, with anything inside. */
const open: JsonSchema = { type: 'object', additionalProperties: true };

function schemaOf(value: JsonValue): JsonSchema {
  if (value === null) return {};
  if (isArray(value)) {
    const dicts = value.filter(isObject).map(schemaOf);
    return dicts.length > 0 ? { items: { oneOf: dicts } } : { items: {} };
  }
  if (!isObject(value)) return { anyOf: [{ type: typeof value }, { type: 'array' }, empty] };
  const fields = Object.entries(value).map(([key, inner]) => [key, schemaOf(inner)] as const);
  if (fields.length === 0) return { anyOf: [open, empty] };
  // A dict that names its type stands by itself: it is not merged with the one of the base.
  const required = typeof value['type'] === 'string' ? { required: ['type'] } : {};
  return { anyOf: [{ type: 'object', properties: Object.fromEntries(fields), ...required }, empty] };
}

function issuesIn(value: JsonValue, base: JsonValue, path: string): ConfigIssue[] {
  if (value === null || base === null) return [];
  if (isObject(base) && isObject(value)) return issuesInDict(value, base, path);
  if (isArray(base) ? !isObject(value) || 'type' in value : isArray(value) || typeof value === typeof base)
    return [];
  const expected = isObject(base)
    ? 'a dict'
    : isArray(base)
      ? 'a list, or what may stand for one'
      : `a ${typeof base}`;
  return [
    {
      code: 'invalid-value',
      message: 'the base config has another kind of value',
      path,
      expected,
      got: show(value),
    },
  ];
}

function issuesInDict(value: JsonObject, base: JsonObject, path: string): ConfigIssue[] {
  const isOther = 'type' in value && value['type'] !== base['type'];
  if (isOther || Object.keys(base).length === 0) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const at = path === '' ? key : `${path}.${key}`;
    if (Object.hasOwn(base, key)) return issuesIn(inner, base[key] ?? null, at);
    // OpenMixup may know more parameters than the base config sets: a slip of the pen looks like one that it does set.
    const nearest = nearestName(key, Object.keys(base));
    if (nearest === undefined) return [];
    const message = `the base config has no field "${key}"`;
    return [{ code: 'unknown-path', message, path: at, nearest: at.slice(0, -key.length) + nearest }];
  });
}

function show(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
