import { nearestName } from '@mixlab/contracts';
import type { Command, ConfigIssue } from '@mixlab/contracts';
import type { z } from 'zod';
import type { RawOptions } from './command-line.ts';
import { optionSpecs, shownName } from './option-spec.ts';
import type { OptionSpec } from './option-spec.ts';

/** Checks what was typed against a command's schema: its options, or every problem at once. */
export function parseOptions<S extends z.ZodObject>(
  command: Command<S>,
  raw: RawOptions,
): { options: z.output<S> } | { issues: ConfigIssue[] } {
  const parsed = command.options.safeParse(raw);
  if (parsed.success) return { options: parsed.data };
  const specs = new Map(optionSpecs(command.options).map((spec) => [spec.key, spec]));
  return {
    issues: parsed.error.issues.map((issue) => optionIssue(issue, specs.get(String(issue.path[0])), raw)),
  };
}

function optionIssue(issue: z.core.$ZodIssue, spec: OptionSpec | undefined, raw: RawOptions): ConfigIssue {
  const typed = issue.path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown>)?.[key],
    raw,
  );
  const path = spec ? shownName(spec) : issue.path.join('.');
  const got = typeof typed === 'string' ? JSON.stringify(typed) : undefined;
  if (!spec?.allowed || typeof typed !== 'string') {
    return { code: 'invalid-option', message: issue.message, path, ...(got ? { got } : {}) };
  }
  const nearest = nearestName(typed, spec.allowed);
  return {
    code: 'invalid-option',
    message: 'this value is not known',
    path,
    expected: spec.allowed.join(', '),
    got: JSON.stringify(typed),
    ...(nearest ? { nearest } : {}),
  };
}
