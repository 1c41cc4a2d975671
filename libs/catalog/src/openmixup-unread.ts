import type { JsonObject, JsonValue } from '@mixlab/contracts/json';

/** The fields of a config that OpenMixup's training reads; the others are variables of config files, left over. */
const READ: ReadonlySet<string> = new Set([
  ...['addtional_scheduler', 'auto_resume', 'checkpoint_config', 'cudnn_benchmark', 'custom_hooks'],
  ...['custom_imports', 'data', 'dist_params', 'evaluation', 'find_unused_parameters', 'fp16', 'gpu_ids'],
  ...['img_norm_cfg', 'load_from', 'log_config', 'log_level', 'lr_config', 'model', 'momentum_config'],
  ...['mp_start_method', 'opencv_num_threads', 'optimizer', 'optimizer_config', 'resume_from', 'runner'],
  ...['total_epochs', 'use_fp16', 'work_dir', 'workflow'],
]);

/** Whether OpenMixup's training looks at a field of a config. */
export function isReadInOpenMixup(field: string): boolean {
  return READ.has(field);
}

/**
 * The paths to use instead of one at which OpenMixup's training reads nothing; undefined where it reads something.
 *
 * - `total_epochs` counts only in a config without `runner`.
 * - `seed` is overruled by the command line of its scripts: trials have seeds.
 * - A variable like `data_source_cfg` was copied when the config file was read: the paths of the copies.
 */
export function unreadInOpenMixup(base: JsonObject, path: string): readonly string[] | undefined {
  const keys = path.split('.');
  const field = keys[0] as string;
  if (field === 'seed') return ['trials'];
  if (field === 'total_epochs') return fieldOf(base, 'runner') === undefined ? undefined : lengthsIn(base);
  // A field that is not there is for others to refuse.
  if (READ.has(field) || fieldOf(base, field) === undefined) return undefined;
  return copiesOf(base, keys);
}

function lengthsIn(base: JsonObject): readonly string[] {
  const runner = fieldOf(base, 'runner');
  return [fieldOf(runner, 'max_iters') === undefined ? 'runner.max_epochs' : 'runner.max_iters'];
}

/** Where in the fields that are read stands what stands at a path: the whole variable, or as little as the value itself. */
function copiesOf(base: JsonObject, keys: readonly string[]): readonly string[] {
  for (let depth = 1; depth < keys.length; depth++) {
    const [above, rest] = [keys.slice(0, depth), keys.slice(depth)];
    const copies = placesOf(base, (value) => same(value, valueAt(base, above)));
    if (copies.length > 0) return copies.map((place) => [place, ...rest].join('.'));
  }
  const [last, value] = [keys.at(-1), valueAt(base, keys)];
  return placesOf(base, (inner, key) => (keys.length === 1 || key === last) && same(inner, value));
}

function placesOf(base: JsonObject, isMeant: (value: JsonValue, key: string) => boolean): string[] {
  const search = (value: JsonValue, path: string, key: string): string[] => {
    if (isMeant(value, key)) return [path];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([inner, part]) =>
      search(part as JsonValue, `${path}.${inner}`, inner),
    );
  };
  return Object.entries(base).flatMap(([key, value]) =>
    READ.has(key) && value !== undefined ? search(value, key, key) : [],
  );
}

function valueAt(value: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  return keys.reduce(fieldOf, value);
}

function fieldOf(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}

function same(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
