export { tableCommand } from './table-command.ts';
export { tableOptions } from './table-options.ts';
export type { TableOptions } from './table-options.ts';
