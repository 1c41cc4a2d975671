export { commandEngine, commandRun } from './command-engine.ts';
export type { Engine, EnginePlan, EngineRun, Translation } from './engine.ts';
export { mixlabEngine } from './mixlab/engine.ts';
export { openmixupEngine } from './openmixup/engine.ts';
export { translate } from './openmixup/translate.ts';
export { PLAN_FILE, plannedPaths, renderFiles } from './render.ts';
export { shellQuote } from './shell-quote.ts';
export { readTemplates, templateFiles } from './templates.ts';
export type { TemplateName, Templates } from './templates.ts';
