import { runStates, statusSchema } from '@mixlab/contracts';
import type { JsonObject, JsonValue, Status } from '@mixlab/contracts';

const states: ReadonlySet<unknown> = new Set(runStates);

/**
 * What `statusSchema.safeParse` makes of a file's content, in a fraction of the time: one that is as it is written is
 * recognised by hand, and where it is not the schema says what is wrong.
 */
export function checkStatus(content: JsonValue): ReturnType<typeof statusSchema.safeParse> {
  return isStatus(content) ? { success: true, data: content } : statusSchema.safeParse(content);
}

function isStatus(value: JsonValue): value is Status & JsonObject {
  if (typeof value !== 'object' || value === null) return false;
  const status = value as JsonObject;
  return (
    status['schemaVersion'] === 1 &&
    states.has(status['state']) &&
    typeof status['hash'] === 'string' &&
    isInteger(status['attempt'], 0) &&
    isInteger(status['epoch'], 0) &&
    isInteger(status['maxEpochs'], 1) &&
    isInteger(status['heartbeat'], 0) &&
    typeof status['host'] === 'string' &&
    isInteger(status['pid']) &&
    Number.isFinite(status['pidStart']) &&
    typeof status['bootId'] === 'string' &&
    isStringOrNull(status['schedulerJob']) &&
    (status['exitCode'] === null || isInteger(status['exitCode'])) &&
    isStringOrNull(status['error'])
  );
}

function isInteger(value: JsonValue | undefined, least = -Infinity): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isStringOrNull(value: JsonValue | undefined): boolean {
  return value === null || typeof value === 'string';
}
