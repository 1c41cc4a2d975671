import type { ConfigIssue, JsonValue } from '@mixlab/contracts';

export interface Assignment {
  readonly path: string;
  readonly value: JsonValue;
}

/**
 * The assignments of `--set path=value`: a value is JSON where it parses as such, else a string. A JSON value that a
 * front end has split at its commas (`a=[1`, `2]`) is put together again.
 */
export function parseAssignments(pieces: readonly string[]): { assignments: Assignment[] } | { issues: ConfigIssue[] } {
  const assignments: Assignment[] = [];
  const issues: ConfigIssue[] = [];
  for (let index = 0; index < pieces.length; ) {
    const { text, taken } = wholeAssignment(pieces, index);
    index += taken;
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (path === undefined || value === undefined || value === '') {
      issues.push(broken(text, 'expected path=value, as in maxEpochs=200'));
      continue;
    }
    const parsed = parseValue(value);
    if (parsed === undefined) issues.push(broken(text, `the value of ${path.trim()} is not valid JSON`));
    else assignments.push({ path: path.trim(), value: parsed });
  }
  return issues.length > 0 ? { issues } : { assignments };
}

/** The piece at `index`, with as many of the next as it takes to make its value whole. */
function wholeAssignment(pieces: readonly string[], index: number): { text: string; taken: number } {
  let text = pieces[index]!;
  for (let taken = 1; index + taken <= pieces.length; taken++) {
    const value = text.slice(text.indexOf('=') + 1);
    if (!looksLikeJson(value) || parseJson(value) !== undefined) return { text, taken };
    text += `,${pieces[index + taken] ?? ''}`;
  }
  return { text: pieces[index]!, taken: 1 };
}

/** Whether a value is meant as JSON that may hold commas. */
function looksLikeJson(value: string): boolean {
  return /^\s*[[{"]/.test(value);
}

function parseValue(value: string): JsonValue | undefined {
  const json = parseJson(value);
  if (json !== undefined) return json;
  return looksLikeJson(value) ? undefined : value;
}

function parseJson(value: string): JsonValue | undefined {
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    return undefined;
  }
}

function broken(text: string, message: string): ConfigIssue {
  return { code: 'invalid-option', path: '--set', message, got: JSON.stringify(text) };
}
