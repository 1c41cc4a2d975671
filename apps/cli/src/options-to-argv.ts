/**
 * Options that a front end has already parsed (Nx: camelCase keys, numbers, arrays) as the arguments that were typed,
 * so that one parser checks them whatever way they came.
 */
export function optionsToArgv(options: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(options).flatMap(([key, value]) => {
    if (key === '_' || value === undefined || value === false) return [];
    const flag = `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === true) return [flag];
    return (Array.isArray(value) ? value : [value]).map((item) => `${flag}=${text(item)}`);
  });
}

function text(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
