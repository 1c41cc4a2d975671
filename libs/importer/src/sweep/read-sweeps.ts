import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { pythonRepr, pythonStr } from '../python-text.ts';
import { isKind, isUnknown, typeName } from '../python-value.ts';
import type { ForeignCall, PythonDict, PythonValue, Unknown } from '../python-value.ts';
import type { Placed, ScriptSweep, SweepAxis } from './script-sweep.ts';

const GENERATE = /(?:^|\.)ConfigGenerator\.generate$/;

/** What a script generates, and what is wrong in it. */
export interface ReadSweeps {
  readonly sweeps: readonly ScriptSweep[];
  readonly issues: readonly ConfigIssue[];
}

/** Whether a call writes the configs of a sweep. */
export function isGenerateCall({ callee }: ForeignCall): boolean {
  return GENERATE.test(callee);
}

/** The sweeps that a script makes by its calls of something imported. */
export function readSweeps(calls: readonly ForeignCall[]): ReadSweeps {
  const issues: ConfigIssue[] = [];
  const sweeps = calls.filter(isGenerateCall).map((call) => readSweep(call, issues));
  return { sweeps, issues };
}

function readSweep(call: ForeignCall, issues: ConfigIssue[]): ScriptSweep {
  const made = call.receiver;
  const base = made && argument(made, 0, 'base_path');
  const devices = made && argument(made, 1, 'num_device');
  const folders = axesOf(argument(call, 0, 'model_var'), 'model_var', call.at, issues);
  const parameters = axesOf(argument(call, 1, 'gm_var'), 'gm_var', call.at, issues);
  return {
    at: call.at,
    base: placedAs(
      base,
      made?.at ?? call.at,
      'base_path',
      (value) => (typeof value === 'string' ? value : undefined),
      issues,
    ),
    devices: placedAs(devices, made?.at ?? call.at, 'num_device', deviceCount, issues),
    folders,
    parameters,
    abbreviations: abbreviationsOf(argument(call, 2, 'abbs'), call.at, issues),
  };
}

function argument({ args, keywords }: ForeignCall, index: number, name: string): PythonValue | undefined {
  return keywords.get(name) ?? args[index];
}

/** A value as `read` takes it; unknown, and reported, where that gives nothing. */
function placedAs<T>(
  value: PythonValue | undefined,
  at: SourceLocation,
  name: string,
  read: (value: PythonValue) => T | undefined,
  issues: ConfigIssue[],
): Placed<T | Unknown> {
  if (isUnknown(value)) return { value, at: value.at };
  const known = value === undefined ? undefined : read(value);
  if (known !== undefined) return { value: known, at };
  return { value: refuse(name, value, at, issues), at };
}

function refuse(
  name: string,
  value: PythonValue | undefined,
  at: SourceLocation,
  issues: ConfigIssue[],
): Unknown {
  const got = value === undefined ? 'nothing' : pythonRepr(value);
  issues.push({ code: 'invalid-value', message: `this is no \`${name}\` of a ConfigGenerator`, got, at });
  return { kind: 'unknown', why: `\`${name}\` is ${got}`, at };
}

function deviceCount(value: PythonValue): number | undefined {
  return typeof value === 'bigint' && value > 0n ? Number(value) : undefined;
}

function axesOf(
  value: PythonValue | undefined,
  name: string,
  at: SourceLocation,
  issues: ConfigIssue[],
): readonly SweepAxis[] | Unknown {
  if (isUnknown(value)) return value;
  if (!isKind(value, 'dict')) return refuse(name, value, at, issues);
  if (value.doubt) return value.doubt;
  return entriesOf(value).map(([path, inner, place]) => {
    const axis = { path, at: place ?? at };
    return { ...axis, values: valuesOf(inner, axis, issues) };
  });
}

function entriesOf({ entries }: PythonDict): [key: string, value: PythonValue, at?: SourceLocation][] {
  return [...entries.values()].map(
    ({ key, value, at }) => [pythonStr(key), value, ...(at ? [at] : [])] as never,
  );
}

/** What a path varies over. */
function valuesOf(
  value: PythonValue,
  { path, at }: Pick<SweepAxis, 'path' | 'at'>,
  issues: ConfigIssue[],
): readonly PythonValue[] | Unknown {
  if (isUnknown(value)) return value;
  if (isKind(value, 'list') || isKind(value, 'tuple') || isKind(value, 'set') || isKind(value, 'range')) {
    if (isKind(value, 'list') && value.doubt) return value.doubt;
    return value.items;
  }
  if (isKind(value, 'dict')) return [...value.entries.values()].map(({ key }) => key);
  const taken = 'it is taken as the one value';
  const message =
    typeof value === 'string'
      ? `\`${path}\` varies over the letters of a string, not over a list; ${taken}`
      : `\`${path}\` varies over a ${typeName(value)}, not over a list; ${taken}`;
  issues.push({
    code: 'no-list',
    message,
    path,
    expected: `[${pythonRepr(value)}]`,
    got: pythonRepr(value),
    at,
  });
  return [value];
}

function abbreviationsOf(
  value: PythonValue | undefined,
  at: SourceLocation,
  issues: ConfigIssue[],
): Readonly<Record<string, string>> {
  if (isUnknown(value) || !isKind(value, 'dict')) {
    const message = 'the abbreviations of file names are not known before the script runs; there are none';
    issues.push({ code: 'unknown-value', message, at: isUnknown(value) ? value.at : at });
    return {};
  }
  return Object.fromEntries(entriesOf(value).map(([word, short]) => [word, pythonStr(short)]));
}
