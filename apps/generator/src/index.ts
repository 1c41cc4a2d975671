export { catalogCommand } from './catalog-command.ts';
export { configsCommand } from './configs-command.ts';
export { diffCommand } from './diff-command.ts';
export { experimentFiles } from './experiment-files.ts';
export { explainCommand } from './explain-command.ts';
export { importCommand } from './import-command.ts';
export { initCommand } from './init-command.ts';
