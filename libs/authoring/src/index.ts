export { findCatalogs, findConfigs } from './find-configs.ts';
export { findFormerNames, fixConfigs } from './fix-configs.ts';
export type { FixedConfigs, FixedFile } from './fix/fixed-configs.ts';
export { loadExperiments } from './load-experiments.ts';
export type { AuthoredExperiments, FailedFile, LoadOptions, LoadedExperiment } from './load-experiments.ts';
export { pythonFields } from './python-fields.ts';
export type { PythonFields } from './python-fields.ts';
export { readRecipePlaces } from './recipe-places.ts';
export type { RecipePlaces } from './recipe-places.ts';
