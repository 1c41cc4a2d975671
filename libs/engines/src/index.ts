export type { Engine, EnginePlan, EngineRun } from './engine.ts';
export { mixlabEngine } from './mixlab/engine.ts';
export { PLAN_FILE, plannedPaths, renderFiles } from './render.ts';
export { shellQuote } from './shell-quote.ts';
export { readTemplates, templateFiles } from './templates.ts';
export type { TemplateName, Templates } from './templates.ts';
