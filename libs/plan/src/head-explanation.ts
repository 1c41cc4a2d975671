import type { HalvingSettings, JsonObject, JsonValue, Report } from '@mixlab/contracts';
import type { ExperimentData } from '@mixlab/dsl';
import { leavesOf } from './explanation.ts';
import type { Explanation } from './explanation.ts';
import { FieldState, historyIn } from './field-state.ts';
import { headDefaults, headSettings } from './head.ts';
import type { Head } from './head.ts';
import { mergeAt } from './merge.ts';
import { valueAt } from './paths.ts';
import { patchOf } from './patch.ts';
import type { Patch } from './patch.ts';
import { settingPatch } from './settings.ts';

/** What an experiment says of a run beside the run's config. */
export interface RunHead extends Pick<Head, 'trials' | 'launch'> {
  readonly report: Report;
  readonly halving?: HalvingSettings;
}

const explained = ['trials', 'report', 'launch', 'halving'];

/** What the experiment's own object and the command line set of a head in which nothing is wrong, the lowest first. */
export function headPatches({ authored, settings }: ExperimentData): Patch[] {
  const entries = authored.kind === 'object' ? authored.entries : [];
  return [
    ...entries.flatMap(([path, node]) =>
      explained.includes(path) ? [patchOf(path, node, { by: 'experiment' })] : [],
    ),
    ...settings.filter(({ path }) => headSettings.includes(path)).map(settingPatch),
  ];
}

/** How each value of a run's head came about, of the patches that were laid over each other for it. */
export function explainHead(head: RunHead, patches: readonly Patch[]): Explanation[] {
  const defaults: JsonObject = headDefaults;
  return Object.entries(head).flatMap(([name, whole]) => {
    const lowest = new FieldState(defaults[name]);
    const state = patches.filter(({ field }) => field === name).reduce(lay, lowest);
    return [...leavesOf(whole as JsonValue, name)].map(([path, value]) => {
      const [, ...rest] = path.split('.');
      const under = valueAt(defaults[name], rest);
      const field = rest.at(-1) ?? name;
      return {
        path,
        value,
        settings: [...historyIn(state, rest)],
        default: { field, ...(under === undefined ? {} : { value: under }) },
      };
    });
  });
}

/** Each is replaced as a whole, except by a setting that names a part of it. */
function lay(state: FieldState, patch: Patch): FieldState {
  const { rest, value } = patch;
  return new FieldState(rest.length === 0 ? value : mergeAt(state.raw, rest, value, {}, {}), patch, state);
}
