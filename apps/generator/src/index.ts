export { configsCommand } from './configs-command.ts';
export { experimentFiles } from './experiment-files.ts';
