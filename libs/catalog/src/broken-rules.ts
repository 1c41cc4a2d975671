import type { ConfigIssue } from '@mixlab/contracts';
import { rules } from './generated/rules.ts';
import type { BoundRule, Comparison, CompareRule, Condition, MatchesRule, Rule, SumRule } from './rule.ts';

/**
 * A check of rules that hold between the fields of a config. It remembers what each rule said last: from one run of a plan
 * to the next, few of the fields that rules read are others. An object that is frozen is taken to be frozen throughout.
 */
export function ruleCheck(rules: readonly Rule[]): (config: object) => ConfigIssue[] {
  const fieldsOf = rules.map((rule) => pathsOf(rule).map((path) => path.split(/[.[]/, 1)[0]));
  const fields = [...new Set(fieldsOf.flat())].map((name = '') => ({
    name,
    value: undefined as unknown,
    isKnown: false,
    readers: [...rules.keys()].filter((at) => fieldsOf[at]?.includes(name)),
  }));
  const checks = rules.map(checkOf);
  const said = rules.map((): ConfigIssue | undefined => undefined);
  let issues: ConfigIssue[] = [];
  return (config) => {
    let isNew = false;
    for (let at = 0; at < fields.length; at++) {
      const field = fields[at] as (typeof fields)[number];
      const value = (config as Readonly<Record<string, unknown>>)[field.name];
      if (field.isKnown && value === field.value) continue;
      field.value = value;
      field.isKnown = Object.isFrozen(value);
      for (let reader = 0; reader < field.readers.length; reader++) {
        const rule = field.readers[reader] as number;
        const issue = (checks[rule] as (typeof checks)[number])(config);
        isNew ||= issue !== said[rule];
        said[rule] = issue;
      }
    }
    if (isNew) issues = said.filter((issue) => issue !== undefined);
    return issues;
  };
}

/** What breaks the catalog's rules in a config of which fields may be absent. */
export function brokenRules(config: object): ConfigIssue[] {
  return ruleCheck(rules)(config);
}

/** Fields that the rule of this code reads; none where a code is that of no rule. */
export function fieldsRead(code: string): readonly string[] {
  return rules.filter((rule) => rule.code === code).flatMap(pathsOf);
}

function pathsOf(rule: Rule): string[] {
  const conditions = rule.when?.map(({ path }) => path) ?? [];
  switch (rule.kind) {
    case 'compare':
      return [...conditions, rule.left, rule.right];
    case 'bound':
    case 'matches':
      return [...conditions, rule.path];
    case 'sum':
      return [...conditions, rule.sum];
  }
}

/** Tells what of a config breaks a rule. */
function checkOf(rule: Rule): (config: object) => ConfigIssue | undefined {
  const { code, message, when = [] } = rule;
  const groups = byArray(when);
  const find = finderOf(rule);
  return (config) => {
    if (!groups.every(([array, conditions]) => hold(array, conditions, config))) return undefined;
    const broken = find(config);
    return broken && { code, message, ...broken };
  };
}

/** Conditions by the array of whose elements they speak, '' for the config; their paths start there. */
function byArray(when: readonly Condition[]): [string, Condition[]][] {
  const groups = new Map<string, Condition[]>();
  for (const { path, equals } of when) {
    const [array = '', field] = path.split('[].');
    const [place, rest] = field === undefined ? ['', path] : [array, field];
    groups.set(place, [...(groups.get(place) ?? []), { path: rest, equals }]);
  }
  return [...groups];
}

/** Whether the config, or any one element of the array, meets all conditions. */
function hold(array: string, conditions: readonly Condition[], config: object): boolean {
  const meets = (place: object) => conditions.every(({ path, equals }) => valueAt(place, path) === equals);
  if (array === '') return meets(config);
  const elements = valueAt(config, array);
  return Array.isArray(elements) && elements.some(meets);
}

type Broken = Pick<ConfigIssue, 'path' | 'expected' | 'got'>;

function finderOf(rule: Rule): (config: object) => Broken | undefined {
  switch (rule.kind) {
    case 'compare':
      return (config) => checkCompare(rule, config);
    case 'bound':
      return (config) => checkBound(rule, config);
    case 'matches':
      return (config) => checkMatches(rule, config);
    case 'sum':
      return (config) => checkSum(rule, config);
  }
}

function checkCompare({ left, op, right }: CompareRule, config: object): Broken | undefined {
  const a = valueAt(config, left);
  const b = valueAt(config, right);
  if (typeof a !== 'number' || typeof b !== 'number' || compare(a, op, b)) return undefined;
  return { path: left, expected: `${WORDS[op]}${b}, which is ${right}`, got: String(a) };
}

function checkBound({ path, op, value }: BoundRule, config: object): Broken | undefined {
  const got = valueAt(config, path);
  const comparable = op === '==' ? got !== undefined && got !== null : typeof got === 'number';
  if (!comparable || compare(got, op, value)) return undefined;
  return { path, expected: `${WORDS[op]}${JSON.stringify(value)}`, got: JSON.stringify(got) };
}

function checkMatches({ path, pattern, expected }: MatchesRule, config: object): Broken | undefined {
  const got = valueAt(config, path);
  if (typeof got !== 'string' || new RegExp(`^(?:${pattern})$`, 'u').test(got)) return undefined;
  return { path, expected, got: JSON.stringify(got) };
}

function checkSum({ sum, equals, tolerance }: SumRule, config: object): Broken | undefined {
  const [array = '', field = ''] = sum.split('[].');
  const elements = valueAt(config, array);
  if (!Array.isArray(elements) || elements.length === 0) return undefined;
  const numbers = elements.map((element: object) => valueAt(element, field));
  if (!numbers.every((number) => typeof number === 'number')) return undefined;
  const total = numbers.reduce((a, b) => a + b, 0);
  if (Math.abs(total - equals) <= tolerance) return undefined;
  return { path: array, expected: String(equals), got: String(total) };
}

const WORDS: Readonly<Record<Comparison, string>> = {
  '<=': 'at most ',
  '<': 'less than ',
  '==': '',
  '>=': 'at least ',
  '>': 'more than ',
};

function compare(a: unknown, op: Comparison, b: unknown): boolean {
  if (op === '==') return a === b;
  if (typeof a !== 'number' || typeof b !== 'number') return true;
  return op === '<=' ? a <= b : op === '<' ? a < b : op === '>=' ? a >= b : a > b;
}

// Every run of a plan asks for the same few paths.
const keysOf = new Map<string, readonly string[]>();

/** The value at a dotted path, undefined where there is none. */
function valueAt(config: object, path: string): unknown {
  let keys = keysOf.get(path);
  if (!keys) keysOf.set(path, (keys = path.split('.')));
  let value: unknown = config;
  for (const key of keys) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
