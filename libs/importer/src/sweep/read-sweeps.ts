import { isOpen } from './script-sweep.ts';
import type { ConfigIssue, SourceLocation } from '@mixlab/contracts';
import { pythonRepr, pythonStr } from '../python-text.ts';
import { jsonText } from './spelling.ts';
import { isKind, typeName } from '../python-value.ts';
import type { ForeignCall, PythonDict, PythonValue, Unknown } from '../python-value.ts';
import type { Placed, ScriptSweep, SweepAxis } from './script-sweep.ts';

const GENERATE = /(?:^|\.)ConfigGenerator\.generate$/;

/** What a script generates. */
export interface ReadSweeps {
  readonly sweeps: readonly ScriptSweep[];
  /** What is wrong in it. */
  readonly issues: readonly ConfigIssue[];
  /** What OpenMixup would do otherwise than is done here. */
  readonly notes: readonly ConfigIssue[];
}

interface Told {
  readonly issues: ConfigIssue[];
  readonly notes: ConfigIssue[];
}

/** Whether a call writes the configs of a sweep. */
export function isGenerateCall({ callee }: ForeignCall): boolean {
  return GENERATE.test(callee);
}

/** The sweeps that a script makes by its calls of something imported. */
export function readSweeps(calls: readonly ForeignCall[]): ReadSweeps {
  const told: Told = { issues: [], notes: [] };
  const sweeps = calls.filter(isGenerateCall).map((call) => readSweep(call, told));
  return { sweeps, ...told };
}

function readSweep(call: ForeignCall, told: Told): ScriptSweep {
  const made = call.receiver;
  const base = made && argument(made, 0, 'base_path');
  const devices = made && argument(made, 1, 'num_device');
  const folders = axesOf(argument(call, 0, 'model_var'), 'model_var', call.at, told);
  const parameters = axesOf(argument(call, 1, 'gm_var'), 'gm_var', call.at, told);
  return {
    at: call.at,
    base: placedAs(
      base,
      made?.at ?? call.at,
      'base_path',
      (value) => (typeof value === 'string' ? value : undefined),
      told,
    ),
    devices: placedAs(devices, made?.at ?? call.at, 'num_device', deviceCount, told),
    folders,
    parameters,
    abbreviations: abbreviationsOf(argument(call, 2, 'abbs'), call.at, told),
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
  told: Told,
): Placed<T | Unknown> {
  if (isOpen(value)) return { value, at: value.at };
  const known = value === undefined ? undefined : read(value);
  if (known !== undefined) return { value: known, at };
  return { value: refuse(name, value, at, told), at };
}

function refuse(name: string, value: PythonValue | undefined, at: SourceLocation, told: Told): Unknown {
  const got = value === undefined ? 'nothing' : pythonRepr(value);
  told.issues.push({
    code: 'invalid-value',
    message: `this is no \`${name}\` of a ConfigGenerator`,
    got,
    at,
  });
  return { kind: 'unknown', why: `\`${name}\` is ${got}`, at };
}

function deviceCount(value: PythonValue): number | undefined {
  return typeof value === 'bigint' && value > 0n ? Number(value) : undefined;
}

function axesOf(
  value: PythonValue | undefined,
  name: string,
  at: SourceLocation,
  told: Told,
): readonly SweepAxis[] | Unknown {
  if (isOpen(value)) return value;
  if (!isKind(value, 'dict')) return refuse(name, value, at, told);
  if (value.doubt) return value.doubt;
  return entriesOf(value).map(([path, inner, place]) => {
    const axis = { path, at: place ?? at };
    return { ...axis, values: valuesOf(inner, axis, told) };
  });
}

function entriesOf({ entries }: PythonDict): [key: string, value: PythonValue, at?: SourceLocation][] {
  return [...entries.values()].map(
    ({ key, value, at }) => [pythonStr(key), value, ...(at ? [at] : [])] as never,
  );
}

/** What a path varies over, each value once. */
function valuesOf(value: PythonValue, axis: Pick<SweepAxis, 'path' | 'at'>, told: Told): SweepAxis['values'] {
  const values = choicesOf(value, axis, told);
  if (isOpen(values)) return values;
  if (values.length === 0) {
    const message = `\`${axis.path}\` takes no value: OpenMixup would generate nothing`;
    told.issues.push({ code: 'empty-grid', message, ...axis });
    return { kind: 'unknown', why: `\`${axis.path}\` takes no value`, at: axis.at };
  }
  const known = new Map<string, PythonValue>();
  for (const choice of values) {
    const json = isOpen(choice) ? `unknown ${known.size}` : jsonText(choice);
    if (known.has(json)) {
      const message = `\`${axis.path}\` takes ${json} twice: it is taken once`;
      told.notes.push({ code: 'duplicate-value', message, ...axis });
    } else known.set(json, choice);
  }
  return [...known.values()];
}

function choicesOf(
  value: PythonValue,
  axis: Pick<SweepAxis, 'path' | 'at'>,
  told: Told,
): SweepAxis['values'] {
  if (isOpen(value)) return value;
  if (isKind(value, 'list')) return value.doubt ?? value.items;
  if (isKind(value, 'tuple') || isKind(value, 'set') || isKind(value, 'range')) return value.items;
  if (isKind(value, 'dict')) return [...value.entries.values()].map(({ key }) => key);
  const kind = typeof value === 'string' ? 'the letters of a string' : `a ${typeName(value)}`;
  const message = `\`${axis.path}\` varies over ${kind}: it is taken as the one value`;
  const texts = { expected: `[${pythonRepr(value)}]`, got: pythonRepr(value) };
  told.notes.push({ code: 'no-list', message, ...texts, ...axis });
  return [value];
}

function abbreviationsOf(
  value: PythonValue | undefined,
  at: SourceLocation,
  told: Told,
): Readonly<Record<string, string>> {
  if (isOpen(value) || !isKind(value, 'dict')) {
    const message = 'the abbreviations of file names are not known before the script runs; there are none';
    told.notes.push({ code: 'unknown-value', message, at: isOpen(value) ? value.at : at });
    return {};
  }
  return Object.fromEntries(entriesOf(value).map(([word, short]) => [word, pythonStr(short)]));
}
