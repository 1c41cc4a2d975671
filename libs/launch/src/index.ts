export { requestCancel } from './cancel-request.ts';
export { createLaunchFiles } from './launch-files.ts';
export type { LaunchFiles } from './launch-files.ts';
export { NewLines } from './new-lines.ts';
export { passSignals } from './pass-signals.ts';
export type { StopStage } from './pass-signals.ts';
export { startScript } from './start-script.ts';
export type { ScriptOptions, StartedScript } from './start-script.ts';
export {
  allFiles,
  checkpointFiles,
  isLink,
  lockFiles,
  removeEmptyFolders,
  removeFile,
  removeIfEmpty,
  temporaryFiles,
} from './removable-files.ts';
export type { CheckpointChoice, RemovableFile } from './removable-files.ts';
export { lockHolder, takeLock } from './run-lock.ts';
export type { HeldLock, LockHolder } from './run-lock.ts';
export { readSlurmQueue } from './slurm-queue.ts';
export type { QueuedTask, SlurmQueue } from './slurm-queue.ts';
