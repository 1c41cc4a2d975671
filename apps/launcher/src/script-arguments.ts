type Value = string | boolean | readonly string[] | undefined;

/** Options of a command as those of a launch script: `{ gpusPerRun: '2', dryRun: true }` → `--gpus-per-run=2 --dry-run`. */
export function toArguments(options: Readonly<Record<string, Value>>): string[] {
  return Object.entries(options).flatMap(([field, value]) => {
    const name = `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (typeof value === 'boolean') return value ? [name] : [];
    return value === undefined ? [] : [value].flat().map((one) => `${name}=${one}`);
  });
}
