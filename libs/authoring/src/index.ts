export { findConfigs } from './find-configs.ts';
export { loadExperiments } from './load-experiments.ts';
export type { AuthoredExperiments, FailedFile, LoadOptions, LoadedExperiment } from './load-experiments.ts';
