export { naming } from './fs-problem.ts';
export { writeGenerated } from './write-generated.ts';
export type { ExperimentFiles, FileChange, WriteOptions, WriteSummary } from './write-generated.ts';
