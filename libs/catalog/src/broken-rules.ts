import type { ConfigIssue } from '@mixlab/contracts';
import type { BoundRule, Comparison, CompareRule, MatchesRule, Rule, SumRule } from './rule.ts';

/**
 * A check of rules that hold between the fields of a config. It remembers what each rule said last: from one run of a plan
 * to the next, few of the fields that it reads are others. An object that is frozen is taken to be frozen throughout.
 */
export function ruleCheck(rules: readonly Rule[]): (config: object) => ConfigIssue[] {
  const watches = rules.map((rule) => new RuleWatch(rule));
  return (config) => {
    const issues: ConfigIssue[] = [];
    for (const watch of watches) {
      const issue = watch.issue(config as Readonly<Record<string, unknown>>);
      if (issue) issues.push(issue);
    }
    return issues;
  };
}

/** One rule, the top-level fields that it reads, and what it said of their values. */
class RuleWatch {
  readonly #rule: Rule;
  readonly #fields: readonly string[];
  #seen: readonly unknown[] | undefined;
  #issue: ConfigIssue | undefined;

  constructor(rule: Rule) {
    this.#rule = rule;
    this.#fields = [...new Set(pathsOf(rule).map((path) => path.split(/[.[]/, 1)[0] as string))];
  }

  issue(config: Readonly<Record<string, unknown>>): ConfigIssue | undefined {
    if (this.#isSeen(config)) return this.#issue;
    this.#issue = brokenRule(this.#rule, config);
    const values = this.#fields.map((field) => config[field]);
    this.#seen = values.every((value) => Object.isFrozen(value)) ? values : undefined;
    return this.#issue;
  }

  #isSeen(config: Readonly<Record<string, unknown>>): boolean {
    if (!this.#seen) return false;
    for (let at = 0; at < this.#fields.length; at += 1) {
      if (config[this.#fields[at] as string] !== this.#seen[at]) return false;
    }
    return true;
  }
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

function brokenRule(rule: Rule, config: object): ConfigIssue | undefined {
  if (rule.when?.some(({ path, equals }) => valueAt(config, path) !== equals)) return undefined;
  const broken = check(rule, config);
  return broken && { code: rule.code, message: rule.message, ...broken };
}

type Broken = Pick<ConfigIssue, 'path' | 'expected' | 'got'>;

function check(rule: Rule, config: object): Broken | undefined {
  switch (rule.kind) {
    case 'compare':
      return checkCompare(rule, config);
    case 'bound':
      return checkBound(rule, config);
    case 'matches':
      return checkMatches(rule, config);
    case 'sum':
      return checkSum(rule, config);
  }
}

function checkCompare({ left, op, right }: CompareRule, config: object): Broken | undefined {
  const [a, b] = [valueAt(config, left), valueAt(config, right)];
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
