/** Where something stands in an authored file; line and column count from 1, the file is relative to the workspace root. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Nothing of the value itself is written there, but the expression that brought it. */
  readonly brought?: boolean;
}

/** One problem with what somebody wrote, as data; `formatIssue` makes it readable. */
export interface ConfigIssue {
  /** Stable kebab-case name of the kind of problem: `unknown-path`, `unmatched-when`. */
  readonly code: string;
  /** One sentence that stands alone. */
  readonly message: string;
  /** Dotted path of the field: `mixMode.alpha`. */
  readonly path?: string;
  readonly expected?: string;
  readonly got?: string;
  /** The nearest valid name. */
  readonly nearest?: string;
  readonly at?: SourceLocation;
}

/** Several problems at once, for callers that cannot go on. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[];

  constructor(issues: readonly ConfigIssue[]) {
    super(issues.map(formatIssue).join('\n'));
    this.name = 'ConfigError';
    this.issues = issues;
  }
}

export function formatLocation(at: SourceLocation): string {
  return `${at.file}:${at.line}:${at.column}`;
}

/** Characters that act on a terminal, end a line, or turn the direction of a text. */
const CONTROLS = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** The longest part of a line that anybody reads. */
const MAX_PART = 2000;

/**
 * `file:line:column: path: message (expected …, got …; did you mean …?)`, each part only where known; one line, whatever
 * was written.
 */
export function formatIssue(issue: ConfigIssue): string {
  const lead = [issue.at && formatLocation(issue.at), issue.path && shortened(issue.path)]
    .filter(Boolean)
    .map((part) => `${part}: `);
  const got = issue.got && `got ${shortened(issue.got)}`;
  const detail = [issue.expected && `expected ${issue.expected}`, got].filter(Boolean).join(', ');
  const hint = issue.nearest ? `did you mean ${issue.nearest}?` : '';
  const tail = [detail, hint].filter(Boolean).join('; ');
  const line = `${lead.join('')}${shortened(issue.message)}${tail ? ` (${tail})` : ''}`;
  return line.replaceAll(CONTROLS, escaped);
}

/** As it stands in JSON: `\u001b`. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function shortened(part: string): string {
  return part.length <= MAX_PART ? part : `${part.slice(0, MAX_PART)}… (${part.length} characters)`;
}
