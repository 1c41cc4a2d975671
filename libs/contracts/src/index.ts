export { alignColumns } from './columns.ts';
export type { CommandLine, CommandRun } from './command-line.ts';
export { defineCommand } from './command.ts';
export type { Command, CommandIo, OptionMeta } from './command.ts';
export { count } from './count.ts';
export { ConfigError, formatIssue, formatLocation } from './issue.ts';
export type { ConfigIssue, SourceLocation } from './issue.ts';
export { JoinedBytes } from './joined-bytes.ts';
export { halvingSchema, halvingSettingsSchema } from './halving.ts';
export type { HalvingSettings } from './halving.ts';
export { runsAtRungs } from './rungs.ts';
export type { Halving } from './rungs.ts';
export { describedMethodSchema, jsonSchemaSchema } from './described-method.ts';
export type { JsonObject, JsonPrimitive, JsonSchema, JsonValue } from './json.ts';
export { launchSchema, reservedSbatchOptions } from './launch.ts';
export type { Launch } from './launch.ts';
export { migrationSchema } from './migration.ts';
export type { Change, Migration } from './migration.ts';
export { evaluationMetrics } from './metrics.ts';
export { listNames, nearestName } from './nearest.ts';
export { PLAN_SCHEMA_VERSION, newerPlan, planRunSchema, planSchema, upgradePlanFile } from './plan.ts';
export type { PlanFile, PlanRun } from './plan.ts';
export type { Piece, RenderedFile } from './rendered-file.ts';
export { HALVING_FOLDER, rungDecisionSchema } from './rung-decision.ts';
export type { RungDecision } from './rung-decision.ts';
export { reportSchema } from './report.ts';
export type { Report } from './report.ts';
export {
  CANCEL_FILE,
  RESUME_FILE,
  cancelRequestSchema,
  environmentSchema,
  logLineSchema,
  provenanceSchema,
  runStates,
  statusSchema,
  testLineSchema,
} from './run-directory.ts';
export type { CancelRequest, LogLine, Provenance, Status, TestLine } from './run-directory.ts';
export type { FieldwiseCheck, FileNaming, NamePart, PythonFloats, SweepSchema } from './sweep-schema.ts';
export { typeName } from './type-name.ts';
