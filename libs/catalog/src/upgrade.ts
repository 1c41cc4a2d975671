import type { Change, JsonObject, JsonValue, Migration } from '@mixlab/contracts';
import { migrations as known } from './generated/migrations.ts';

/** The newest version of the run config's format. */
export const newestVersion = known.length + 1;

/** A run config of an older version as one of the newest; of the newest, or of none that is known, as it is. */
export function upgradeRunConfig(config: JsonObject, migrations: readonly Migration[] = known): JsonObject {
  const version = config['schemaVersion'];
  if (typeof version !== 'number') return config;
  const upgraded = migrations
    .filter((migration) => migration.version > version)
    .flatMap(({ changes }) => changes)
    .reduce(applied, config);
  return upgraded === config && version > migrations.length
    ? config
    : { ...upgraded, schemaVersion: migrations.length + 1 };
}

/** Where a dotted path of a run of an older version is by now. `method` is that of the run. */
export function upgradePath(
  path: string,
  method: string | undefined,
  since: number,
  migrations: readonly Migration[] = known,
): string {
  let today = path;
  for (const { version, changes } of migrations) {
    for (const change of version > since ? changes : []) {
      if (change.kind !== 'renamed' || (change.method !== undefined && change.method !== method)) continue;
      const lead = change.method === undefined ? '' : 'mixMode.';
      const was = lead + change.path;
      if (today === was || today.startsWith(`${was}.`)) today = lead + change.to + today.slice(was.length);
    }
  }
  return today;
}

/** The parameters of a method of an older version, without or with its name among them, as they are called by now. */
export function upgradeMethod(
  parameters: JsonObject,
  method: string,
  since: number,
  migrations: readonly Migration[] = known,
): JsonObject {
  const config = { schemaVersion: since, mixMode: { ...parameters, name: method } };
  const { mixMode } = upgradeRunConfig(config, migrations) as { readonly mixMode: JsonObject };
  const { name, ...rest } = mixMode;
  return Object.hasOwn(parameters, 'name') ? { ...rest, name: name as JsonValue } : rest;
}

/** What an authored field has been called since, if a version renamed one of its name: `mixMode[2].tSize`. */
export function renameOf(
  path: string | undefined,
  migrations: readonly Migration[] = known,
): { readonly to: string; readonly version: number } | undefined {
  let plain = (path ?? '').replace(/\[\d+\]/g, '');
  let found: { readonly to: string; readonly version: number } | undefined;
  for (const { version, changes } of migrations) {
    for (const change of changes) {
      if (change.kind !== 'renamed') continue;
      const { method, path: was, to } = change;
      const isParameter = /(^|\.)(mixMode|method)\./.test(plain) && plain.endsWith(`.${was}`);
      if (method === undefined ? plain !== was : !isParameter) continue;
      plain = plain.slice(0, -was.length) + to;
      found = { to, version };
    }
  }
  return found;
}

function applied(config: JsonObject, change: Change): JsonObject {
  if (change.method === undefined) return changed(config, change);
  const { mixMode } = config;
  if (!isObject(mixMode)) return config;
  return { ...config, mixMode: inMethods(mixMode, change.method, (part) => changed(part, change)) };
}

/** A method that is alone or in a mixture, changed where it has the name. */
function inMethods(method: JsonObject, name: string, change: (part: JsonObject) => JsonObject): JsonObject {
  const own = method['name'] === name ? change(method) : method;
  const { choices } = own;
  if (!Array.isArray(choices)) return own;
  const members = (choices as readonly JsonValue[]).map((choice) =>
    isObject(choice) && isObject(choice['method'])
      ? { ...choice, method: inMethods(choice['method'], name, change) }
      : choice,
  );
  return { ...own, choices: members };
}

function changed(part: JsonObject, change: Change): JsonObject {
  const path = change.path.split('.');
  if (change.kind === 'default')
    return read(part, path) === undefined ? set(part, path, change.before) : part;
  const value = read(part, path);
  const to = change.to.split('.');
  return value === undefined || read(part, to) !== undefined ? part : set(without(part, path), to, value);
}

function read(part: JsonValue | undefined, [key, ...rest]: readonly string[]): JsonValue | undefined {
  if (key === undefined) return part;
  return isObject(part) && Object.hasOwn(part, key) ? read(part[key], rest) : undefined;
}

function set(part: JsonObject, [key = '', ...rest]: readonly string[], value: JsonValue): JsonObject {
  if (rest.length === 0) return { ...part, [key]: value };
  const inner = part[key];
  return isObject(inner) || inner === undefined ? { ...part, [key]: set(inner ?? {}, rest, value) } : part;
}

function without(part: JsonObject, [key = '', ...rest]: readonly string[]): JsonObject {
  const { [key]: inner, ...others } = part;
  return rest.length > 0 && isObject(inner) ? { ...part, [key]: without(inner, rest) } : others;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
