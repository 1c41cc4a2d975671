export { requestCancel } from './cancel-request.ts';
export { createLaunchFiles } from './launch-files.ts';
export type { LaunchFiles } from './launch-files.ts';
export { NewLines } from './new-lines.ts';
export { passSignals } from './pass-signals.ts';
export type { StopStage } from './pass-signals.ts';
export { startScript } from './start-script.ts';
export type { ScriptOptions, StartedScript } from './start-script.ts';
