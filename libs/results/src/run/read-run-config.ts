import { newestVersion, upgradeRunConfig } from '@mixlab/catalog/upgrade';
import type { JsonObject, JsonValue } from '@mixlab/contracts';
import { readJson } from './read-json.ts';
import type { JsonFile } from './read-json.ts';

/** A run config, also of an older version, with the names of today; what is none as it is. */
export function readRunConfig(path: string): JsonFile {
  const file = readJson(path);
  if (file.kind !== 'value' || !isObject(file.value)) return file;
  const version = file.value['schemaVersion'];
  if (typeof version === 'number' && version > newestVersion) {
    const why = `of version ${version} of the run config, and this Mixlab knows versions up to ${newestVersion}`;
    return { kind: 'unusable', why, wasRead: true };
  }
  return { ...file, value: upgradeRunConfig(file.value) };
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
