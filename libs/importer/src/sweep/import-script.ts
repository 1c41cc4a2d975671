import { isDeepStrictEqual } from 'node:util';
import { posix, relative, sep } from 'node:path';
import { isOpen } from './script-sweep.ts';
import type { ConfigIssue, JsonObject } from '@mixlab/contracts';
import type { ConfigFiles } from '../config-files.ts';
import { evaluateConfig } from '../evaluate-config.ts';
import type { EvaluatedConfig } from '../evaluate-config.ts';
import type { EvaluatedModule } from '../evaluate-module.ts';
import type { PythonParser } from '../python-parser.ts';
import type { Unknown } from '../python-value.ts';
import { toJson } from '../to-json.ts';
import { checkAxis } from './check-axis.ts';
import { findBase } from './find-base.ts';
import type { FoundBase } from './find-base.ts';
import { sweepNames } from './module-names.ts';
import { readSweeps } from './read-sweeps.ts';
import { renderSweep } from './render-sweep.ts';
import type { SweepModule } from './render-sweep.ts';
import type { ScriptSweep, SweepAxis } from './script-sweep.ts';

export interface ScriptOptions {
  readonly parser: PythonParser;
  readonly files: ConfigFiles;
  /** The script, absolute. */
  readonly path: string;
  /** Writes what OpenMixup's generator writes where that makes no sense: axes that nothing reads. */
  readonly keepDefects: boolean;
  /** Where the module of a base config is to be: relative to `configs/`, as `SweepFile.path`. */
  readonly baseModule: (base: FoundBase) => string;
}

/** A module that stands for a sweep of the script. */
export interface SweepFile {
  /** Relative to `configs/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A base config that a sweep starts from. */
export interface SweepBase extends FoundBase {
  readonly config: EvaluatedConfig;
}

export interface ImportedScript {
  readonly sweeps: readonly SweepFile[];
  /** Each once. */
  readonly bases: readonly SweepBase[];
  /** What has to be put right by hand: the generator refuses it. */
  readonly issues: readonly ConfigIssue[];
  /** What is done otherwise than in OpenMixup, or is worth knowing. */
  readonly notes: readonly ConfigIssue[];
}

/** The modules that stand for the sweeps of a script, which has been evaluated. */
export function importScript({ calls, issues }: EvaluatedModule, options: ScriptOptions): ImportedScript {
  const read = readSweeps(calls);
  const bases = new Map<string, SweepBase>();
  const told = { issues: [...issues, ...read.issues], notes: [...read.notes] };
  const found = read.sweeps.map((sweep) => findBaseOf(sweep, options, bases, told.issues));
  const checkout = found.map((base) => checkoutOf(base)).find((folder) => folder !== undefined);
  const names = sweepNames(pathInCheckout(options.path, checkout), read.sweeps);
  const sweeps = read.sweeps.map((sweep, at): SweepFile => {
    const name = names[at] as string;
    const path = `${name}.config.ts`;
    const base = found[at] as SweepBase | Unknown;
    const { added, keepsDefects } = isOpen(base)
      ? { added: [], keepsDefects: false }
      : newFields(sweep, base.config.value, options, told);
    const module: SweepModule = {
      name,
      from: pathInCheckout(options.path, checkout),
      show: (file) => pathInCheckout(file, checkout),
      base: isOpen(base) ? base : { specifier: specifier(path, options.baseModule(base)) },
      basePath: isOpen(base) ? pathOf(sweep, base) : base.path,
      added,
      keepDefects: keepsDefects,
    };
    todos(sweep, told.issues);
    return { path, text: renderSweep(sweep, module) };
  });
  return { sweeps, bases: [...bases.values()], ...told };
}

function findBaseOf(
  { base }: ScriptSweep,
  { parser, files, path }: ScriptOptions,
  known: Map<string, SweepBase>,
  issues: ConfigIssue[],
): SweepBase | Unknown {
  if (isOpen(base.value)) return base.value;
  const found = findBase(base.value, path, files);
  if (!found) {
    const message = 'there is no such base config, here or in a folder above';
    issues.push({ code: 'missing-base', message, got: base.value, at: base.at });
    return { kind: 'unknown', why: `there is no ${base.value}`, at: base.at };
  }
  const config = known.get(found.file)?.config ?? evaluateConfig(parser, files, found.file);
  const sweepBase = { ...found, config };
  if (!known.has(found.file)) issues.push(...config.issues);
  known.set(found.file, sweepBase);
  return sweepBase;
}

function checkoutOf(base: SweepBase | Unknown): string | undefined {
  return isOpen(base) ? undefined : base.file.slice(0, -base.path.length - 1);
}

/** A file as the checkout has it; without one, what follows `configs` in its path. */
function pathInCheckout(path: string, checkout: string | undefined): string {
  const slashed = path.split(sep).join('/');
  const inside = checkout === undefined ? undefined : relative(checkout, path).split(sep).join('/');
  if (inside !== undefined && !inside.startsWith('../')) return inside;
  const configs = slashed.lastIndexOf('/configs/');
  return configs < 0 ? posix.basename(slashed) : slashed.slice(configs + 1);
}

function pathOf({ base }: ScriptSweep, why: Unknown): string | Unknown {
  return isOpen(base.value) ? why : posix.normalize(base.value);
}

function specifier(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('../') ? path : `./${path}`;
}

/** The fields that a base config lacks and gets; what is no good in it is told. */
function newFields(
  sweep: ScriptSweep,
  base: JsonObject,
  { keepDefects }: ScriptOptions,
  told: { readonly issues: ConfigIssue[]; readonly notes: ConfigIssue[] },
): { readonly added: SweepModule['added']; readonly keepsDefects: boolean } {
  let keepsDefects = false;
  const added = axesOf(sweep).flatMap((axis) => {
    const { issue, isNew } = checkAxis(axis, base);
    const isKept = keepDefects && issue !== undefined && (isNew || issue.code === 'unread-path');
    keepsDefects ||= isKept;
    if (issue) (isKept ? told.notes : told.issues).push(issue);
    if (!isNew || (issue && !isKept)) return [];
    if (!issue) {
      const message = 'the base config has no such field; OpenMixup adds it, and so does the sweep';
      told.notes.push({ code: 'new-field', message, path: axis.path, at: axis.at });
    }
    const [first = null] = isOpen(axis.values) ? [] : axis.values;
    return [[axis.path, toJson(first).value] as const];
  });
  return { added, keepsDefects };
}

/** Tells of each value that is known only when the script runs. */
function todos(sweep: ScriptSweep, issues: ConfigIssue[]): void {
  const { base, devices, folders, parameters } = sweep;
  const tell = (value: unknown, path?: string) => {
    if (!isOpen(value as never)) return;
    const { why, at } = value as Unknown;
    if (issues.some((issue) => isDeepStrictEqual(issue.at, at))) return;
    issues.push({ code: 'not-static', message: why, ...(path === undefined ? {} : { path }), at });
  };
  for (const value of [base.value, devices.value, folders, parameters]) tell(value);
  for (const { path, values } of axesOf(sweep)) {
    tell(values, path);
    if (!isOpen(values))
      for (const value of values) for (const part of toJson(value).unknown) tellPart(part, path);
  }
  function tellPart(part: { readonly why: string; readonly at?: ConfigIssue['at'] }, path: string): void {
    issues.push({ code: 'not-static', message: part.why, path, ...(part.at ? { at: part.at } : {}) });
  }
}

function axesOf({ folders, parameters }: ScriptSweep): readonly SweepAxis[] {
  return [folders, parameters].flatMap((axes) => (isOpen(axes) ? [] : axes));
}
