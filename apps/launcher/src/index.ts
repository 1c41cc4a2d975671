export { statusCommand } from './status-command.ts';
export { statusOptions } from './status-options.ts';
export type { StatusOptions } from './status-options.ts';
