import { nearestName } from '@mixlab/contracts';
import type { Command, ConfigIssue } from '@mixlab/contracts';
import { safeParse } from 'zod';
import type { z } from 'zod';
import type { RawOptions } from './command-line.ts';
import { optionSpecs, shownName } from './option-spec.ts';
import type { OptionSpec } from './option-spec.ts';

/** What was typed, checked against a command's schema. */
export type ParsedOptions<S extends z.ZodObject> =
  | { readonly options: z.output<S> }
  /** Every problem at once, and the options that have none. */
  | { readonly issues: readonly ConfigIssue[]; readonly valid: Partial<z.output<S>> };

export function parseOptions<S extends z.ZodObject>(command: Command<S>, raw: RawOptions): ParsedOptions<S> {
  const parsed = command.options.safeParse(raw);
  if (parsed.success) return { options: parsed.data };
  const specs = new Map(optionSpecs(command.options).map((spec) => [spec.key, spec]));
  return {
    issues: parsed.error.issues.map((issue) => optionIssue(issue, specs.get(String(issue.path[0])), raw)),
    valid: validOnes(command, raw),
  };
}

function validOnes<S extends z.ZodObject>(command: Command<S>, raw: RawOptions): Partial<z.output<S>> {
  const fields = Object.entries<z.core.$ZodType>(command.options.shape).flatMap(([key, schema]) => {
    const parsed = safeParse(schema, raw[key]);
    return parsed.success ? [[key, parsed.data]] : [];
  });
  return Object.fromEntries(fields) as Partial<z.output<S>>;
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
