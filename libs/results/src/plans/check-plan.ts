import { planSchema } from '@mixlab/contracts';
import type { JsonObject, JsonValue, PlanFile } from '@mixlab/contracts';

const NAME = /^[a-z0-9._-]{1,100}$/;
const HASH = /^[0-9a-f]{64}$/;

/**
 * What `planSchema.safeParse` makes of a file's content, in a fraction of the time: runs that are as they are written are
 * recognised by hand, and where one is not the schema says what is wrong.
 */
export function checkPlan(content: JsonValue): ReturnType<typeof planSchema.safeParse> {
  if (!isObject(content) || !isArray(content['runs']) || !content['runs'].every(isRun))
    return planSchema.safeParse(content);
  const checked = planSchema.safeParse({ ...content, runs: [] });
  const runs = content['runs'] as readonly unknown[] as PlanFile['runs'];
  return checked.success ? { success: true, data: { ...checked.data, runs } } : checked;
}

function isRun(value: JsonValue): boolean {
  if (!isObject(value) || Object.keys(value).length !== 8) return false;
  const { name, hash, axes, method, config, trials, report, selected } = value;
  return (
    typeof name === 'string' &&
    NAME.test(name) &&
    typeof hash === 'string' &&
    HASH.test(hash) &&
    isObject(axes) &&
    isObject(method) &&
    typeof config === 'string' &&
    isPositive(trials) &&
    isReport(report) &&
    typeof selected === 'boolean'
  );
}

function isReport(value: JsonValue | undefined): boolean {
  if (!isObject(value) || typeof value['metric'] !== 'string') return false;
  const { reducer, epochs } = value;
  return reducer === 'medianOfLast'
    ? isPositive(epochs) && Object.keys(value).length === 3
    : (reducer === 'best' || reducer === 'last') && Object.keys(value).length === 2;
}

function isPositive(value: JsonValue | undefined): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isArray(value);
}

function isArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
