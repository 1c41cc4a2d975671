import type { ConfigIssue } from '@mixlab/contracts';
import type { Rule } from './rule.ts';

/** Problems of a config with rules that hold between its fields. */
export function brokenRules(rules: readonly Rule[], config: object): ConfigIssue[] {
  void config;
  return rules.map(({ code, message }) => ({ code, message }));
}
