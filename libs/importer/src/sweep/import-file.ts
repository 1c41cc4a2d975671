import { isDeepStrictEqual } from 'node:util';
import { posix, relative, sep } from 'node:path';
import { isOpen } from './script-sweep.ts';
import type { ConfigIssue, JsonObject } from '@mixlab/contracts';
import type { ConfigFiles } from '../config-files.ts';
import { evaluateConfig, NOT_STATIC } from '../evaluate-config.ts';
import type { EvaluatedConfig } from '../evaluate-config.ts';
import { evaluateModule } from '../evaluate-module.ts';
import type { PythonParser } from '../python-parser.ts';
import type { Unknown } from '../python-value.ts';
import { toJson } from '../to-json.ts';
import { checkAxis } from './check-axis.ts';
import { findBase } from './find-base.ts';
import type { FoundBase } from './find-base.ts';
import { nameOfScript, sweepNames } from './module-names.ts';
import { readSweeps } from './read-sweeps.ts';
import type { ReadSweeps } from './read-sweeps.ts';
import { renderBase } from './render-base.ts';
import { renderSweep } from './render-sweep.ts';
import { wholeFloats } from './whole-floats.ts';
import type { SweepModule } from './render-sweep.ts';
import type { ScriptSweep, SweepAxis } from './script-sweep.ts';

export interface ImportOptions {
  readonly parser: PythonParser;
  readonly files: ConfigFiles;
  /** A sweep script, or a config; absolute. */
  readonly path: string;
  /** Name of the experiment; default: `openmixup/` and the path in the checkout. */
  readonly name?: string;
  /** Whether a sweep may set what nothing in OpenMixup reads. */
  readonly keepDefects: boolean;
}

/** A module that is to be written. */
export interface ImportedModule {
  /** An experiment, which is its author's from then on; or a base config, which is as the checkout has it. */
  readonly kind: 'experiment' | 'base';
  /** Relative to `configs/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

export interface ImportedFile {
  readonly modules: readonly ImportedModule[];
  /** What has to be put right by hand: the generator refuses it. */
  readonly issues: readonly ConfigIssue[];
  /** What is done otherwise than in OpenMixup, or is worth knowing. */
  readonly notes: readonly ConfigIssue[];
}

/** A base config that sweeps start from. */
interface SweepBase extends FoundBase {
  readonly config: EvaluatedConfig;
}

/**
 * The modules that stand for a sweep script, one for each sweep, or for a config, which is a sweep of one run; and those of
 * the base configs, each once. There are none for a config that mmcv cannot load, and for a script without a sweep.
 */
export function importFile(options: ImportOptions): ImportedFile {
  const { path } = options;
  const read = readFile(options);
  const bases = new Map<string, SweepBase>();
  const told = { issues: [...read.issues], notes: [...read.notes] };
  const found = read.sweeps.map((sweep) => findBaseOf(sweep, options, bases, told.issues));
  // Of a config that is none, nothing is left; of a script there is its grid.
  if (read.isConfig && found.some(isOpen)) return { modules: [], ...told };
  const checkout = found.map((base) => checkoutOf(base)).find((folder) => folder !== undefined);
  const show = (file: string) => pathInCheckout(file, checkout);
  const names = sweepNames(options.name ?? nameOfScript(show(path)), read.sweeps);
  const experiments = read.sweeps.map((sweep, at): ImportedModule => {
    const name = names[at] as string;
    const base = found[at] as SweepBase | Unknown;
    const { added, keepsDefects } = isOpen(base)
      ? { added: [], keepsDefects: false }
      : newFields(sweep, base.config.value, options, told);
    const module: SweepModule = {
      name,
      from: show(path),
      show,
      base: isOpen(base)
        ? base
        : { specifier: specifier(name, baseModule(base)), floats: wholeFloats(base.config.python) },
      basePath: isOpen(base) ? pathOf(sweep, base) : base.path,
      added,
      keepDefects: keepsDefects,
    };
    todos(sweep, told.issues);
    return { kind: 'experiment', path: `${name}.config.ts`, text: renderSweep(sweep, module) };
  });
  const modules = Array.from(bases.values(), (base): ImportedModule => {
    return { kind: 'base', path: baseModule(base), text: renderBase(base.config, base.path, show) };
  });
  return { modules: [...modules, ...experiments], ...told };
}

/** The sweeps of a script; one without axes for a config. */
function readFile({ parser, files, path }: ImportOptions): ReadSweeps & { readonly isConfig?: boolean } {
  const module = path.endsWith('.py') ? evaluateModule(parser, files, path) : undefined;
  const read = readSweeps(module?.calls ?? []);
  const at = { file: path, line: 1, column: 1 };
  if (module && read.sweeps.length > 0) return { ...read, issues: [...module.issues, ...read.issues] };
  const names = [...(module?.scope.names.values() ?? [])];
  if (names.some(({ value }) => isOpen(value) && value.name?.endsWith('.ConfigGenerator'))) {
    const message = 'this script makes no sweep: it calls no `ConfigGenerator(…).generate(…)`';
    return { sweeps: [], issues: [...(module?.issues ?? []), { code: 'no-sweep', message, at }], notes: [] };
  }
  const axes = { folders: [], parameters: [], abbreviations: {} };
  const sweep = { at, base: { value: path, at }, devices: { value: 1, at }, ...axes };
  return { sweeps: [sweep], issues: [], notes: [], isConfig: true };
}

function baseModule({ path }: FoundBase): string {
  return `openmixup/${path.replace(/^configs\//, '').replace(/\.\w+$/, '')}.base.ts`;
}

function findBaseOf(
  { base }: ScriptSweep,
  { parser, files, path }: ImportOptions,
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
  if (!known.has(found.file)) issues.push(...config.issues);
  const broken = config.issues.find(({ code }) => code !== NOT_STATIC);
  if (broken) return { kind: 'unknown', why: broken.message, at: broken.at ?? base.at };
  const sweepBase = { ...found, config };
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
  { keepDefects }: ImportOptions,
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
