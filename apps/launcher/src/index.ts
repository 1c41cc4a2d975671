export { cancelCommand } from './cancel-command.ts';
export { logsCommand } from './logs-command.ts';
export { resumeCommand } from './resume-command.ts';
export { runCommand } from './run-command.ts';
export { runOptions } from './run-options.ts';
export type { RunOptions } from './run-options.ts';
export { statusCommand } from './status-command.ts';
export { statusOptions } from './status-options.ts';
export type { StatusOptions } from './status-options.ts';
