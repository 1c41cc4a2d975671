export { plotCommand } from './plot-command.ts';
export { plotOptions } from './plot-options.ts';
export type { PlotOptions } from './plot-options.ts';
export { recordCommand } from './record-command.ts';
export { recordOptions } from './record-options.ts';
export type { RecordOptions } from './record-options.ts';
export { tableCommand } from './table-command.ts';
export { tableOptions } from './table-options.ts';
export type { TableOptions } from './table-options.ts';
