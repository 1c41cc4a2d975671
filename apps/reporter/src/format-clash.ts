/** Why `--json` and `--format` cannot both be meant; undefined where they can. */
export function formatClash(options: {
  readonly json: boolean | string;
  readonly format?: string | undefined;
}): string | undefined {
  const { json, format } = options;
  if (json !== true || format === undefined || format === 'json') return undefined;
  return `--json and --format=${format} exclude each other; --json=FILE writes both`;
}
