import { listNames, nearestName } from '@mixlab/contracts';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, JsonSchema, JsonValue } from '@mixlab/contracts';
import type { CommandLineSetting, ExperimentData } from '@mixlab/dsl';
import { refuseUnknownPath, refuseUnread } from './check-node.ts';
import { headSettings } from './head.ts';
import { canonicalJson, sha256 } from './identity.ts';
import { IssueLog } from './issue-log.ts';
import { own, unionOf } from './json-schema.ts';
import { show } from './show.ts';
import { overlap, schemaAt } from './paths.ts';
import { deepFreeze } from '@mixlab/contracts/deep-freeze';
import type { Patch } from './patch.ts';

/** `maxEpochs=200` of `--set`, taken apart: the value is JSON, or else a string. */
export function parseSetting(text: string): readonly [path: string, value: JsonValue] {
  const [path = '', value] = splitOnce(text);
  if (value === undefined || path === '') {
    throw new ConfigError([
      {
        code: 'invalid-setting',
        message: '--set needs a path and a value',
        expected: 'path=value',
        got: show(text),
      },
    ]);
  }
  return [path.trim(), parseValue(path.trim(), value.trim())];
}

function splitOnce(text: string): readonly (string | undefined)[] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** @throws ConfigError for JSON that breaks off, and for JSON that cannot be hashed */
function parseValue(path: string, text: string): JsonValue {
  const refused = (message: string) =>
    new ConfigError([{ code: 'invalid-setting', message, path, got: show(text) }]);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch {
    if (/^[[{"]/.test(text)) throw refused('--set needs a whole JSON value here, or text without quotes');
    return text;
  }
  try {
    canonicalJson(value);
  } catch {
    throw refused('--set takes no number that is too large, as 1e999, and no half of a character');
  }
  return value;
}

/**
 * A sibling of an experiment in which some values are others, whatever the experiment says of them. It is called
 * `<name>.set-<8 hex digits>`, so that its runs never mix with the authored ones; the order of the settings does not
 * matter.
 *
 * @throws ConfigError for unknown paths, and for two settings of one value
 */
export function applySet<C>(
  experiment: ExperimentData<C>,
  settings: readonly (readonly [path: string, value: JsonValue])[],
): ExperimentData<C> {
  if (settings.length === 0) return experiment;
  const root = experiment.schema.jsonSchema;
  const log = new IssueLog();
  const added = settings.map(([path, value], index): CommandLineSetting => {
    const other = settings.slice(0, index).find(([earlier]) => overlap(path, earlier));
    if (other) {
      const message = `--set ${path} and --set ${other[0]} set the same value`;
      log.add({ code: 'two-sources', message, path });
    }
    if (headSettings.includes(path)) return { path, value };
    if (
      refuseUnread(path, experiment.schema, undefined, log) ||
      refuseUnknownPath(path, root, undefined, log, headSettings)
    ) {
      return { path, value };
    }
    const issue = unsettable(path, value, root);
    if (issue) log.add(issue);
    return { path, value: namedMember(path, value, root) };
  });
  log.throwIfAny(0);
  const all = [...experiment.settings, ...added].sort((a, b) =>
    a.path < b.path ? -1 : a.path > b.path ? 1 : 0,
  );
  const digest = sha256(canonicalJson(all.map(({ path, value }) => [path, value])));
  const base = experiment.name.replace(/\.set-[0-9a-f]{8}$/, '');
  // An experiment has its methods beside its data; a sibling is data alone.
  const data = Object.fromEntries(
    Object.entries(experiment).filter(([, part]) => typeof part !== 'function'),
  );
  return Object.freeze({
    ...markOf(experiment),
    ...(data as unknown as ExperimentData<C>),
    name: `${base}.set-${digest.slice(0, 8)}`,
    settings: Object.freeze(all.map(deepFreezeSetting)),
  });
}

/** What a setting does to the run configs; undefined for one that is about the experiment. */
export function patchOfSetting({ path, value }: CommandLineSetting): Patch | undefined {
  return headSettings.includes(path) ? undefined : settingPatch({ path, value });
}

export function settingPatch({ path, value }: CommandLineSetting): Patch {
  const [field = '', ...rest] = path.split('.');
  const origin = { kind: 'command-line', setting: `${path}=${show(value)}` } as const;
  return { field, rest, value, origin: () => origin, whereKnown: true };
}

function deepFreezeSetting(setting: CommandLineSetting): CommandLineSetting {
  deepFreeze(setting.value);
  return Object.freeze(setting);
}

function markOf(experiment: object): Record<symbol, true> {
  return Object.fromEntries(Object.getOwnPropertySymbols(experiment).map((mark) => [mark, true]));
}

/** `mixMode=cutmix` for `mixMode={"name":"cutmix"}`. */
function namedMember(path: string, value: JsonValue, root: JsonSchema): JsonValue {
  const union = typeof value === 'string' ? unionAt(path, root) : undefined;
  return union ? { [union.discriminator.propertyName]: value } : value;
}

function unsettable(path: string, value: JsonValue, root: JsonSchema): ConfigIssue | undefined {
  const mapping = unionAt(path, root)?.discriminator.mapping;
  if (typeof value !== 'string' || !mapping || own(mapping, value) !== undefined) return undefined;
  const names = Object.keys(mapping);
  const nearest = nearestName(value, names);
  const got = show(value);
  return {
    code: 'invalid-value',
    message: `unknown ${path}`,
    path,
    expected: `one of ${listNames(names)}`,
    got,
    ...(nearest ? { nearest } : {}),
  };
}

function unionAt(path: string, root: JsonSchema) {
  return unionOf(schemaAt(path.split('.'), root, root, undefined), root);
}
