export { commandLoaders } from './commands.ts';
export { optionsToArgv } from './options-to-argv.ts';
export { optionsToJsonSchema } from './options-json-schema.ts';
export { run } from './run.ts';
export type { RunContext } from './run.ts';
