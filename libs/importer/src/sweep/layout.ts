const WIDTH = 110;

/** An expression: a text, or one with parts that stand in one line where they fit, else in a line each. */
export type Expression = string | Compound;

export interface Compound {
  readonly open: string;
  readonly items: readonly Item[];
  readonly close: string;
  /** Spaces between the brackets and what they hold, in one line. */
  readonly padded?: boolean;
  /** Whether as many parts go into a line as fit: Prettier does that to arrays of numbers. */
  readonly filled?: boolean;
}

/** A part, after what names it: `alpha: `, or nothing. */
export type Item = readonly [lead: string, expression: Expression];

/** The text of an expression that starts in column `column` of a line that is indented by `indent` spaces. */
export function layOut(expression: Expression, indent = 0, column = indent, after = 0): string {
  const flat = flatText(expression);
  if (typeof expression === 'string') return flat;
  if (column + flat.length + after <= WIDTH && !isBroken(expression)) return flat;
  const { open, items, close, filled = false } = expression;
  const inner = indent + 2;
  const parts = items.map(([lead, item]) => lead + layOut(item, inner, inner + lead.length, 1));
  const lines = filled ? fill(parts, inner) : parts.map((part) => `${part},`);
  const margin = `\n${' '.repeat(inner)}`;
  return `${open}${margin}${lines.join(margin)}\n${' '.repeat(indent)}${close}`;
}

/** Every part in a line of its own, however short they are. */
export function laidOut({ open, items, close }: Compound, indent = 0): string {
  const margin = ' '.repeat(indent + 2);
  const lines = items.map(
    ([lead, item]) => `${margin}${lead}${layOut(item, indent + 2, indent + 2 + lead.length, 1)},\n`,
  );
  return `${open}\n${lines.join('')}${' '.repeat(indent)}${close}`;
}

/** Prettier gives each element of a list a line where all are dicts, or all lists, of more than one part. */
function isBroken(expression: Expression): boolean {
  if (typeof expression === 'string') return false;
  const inner = expression.items.map(([, item]) => item);
  const isList = expression.open === '[' && inner.length > 1;
  const isAlike = (open: string) =>
    inner.every((item) => typeof item !== 'string' && item.open === open && item.items.length > 1);
  return (isList && (isAlike('{') || isAlike('['))) || inner.some(isBroken);
}

function flatText(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  const { open, items, close, padded = false } = expression;
  const pad = padded && items.length > 0 ? ' ' : '';
  return `${open}${pad}${items.map(([lead, item]) => lead + flatText(item)).join(', ')}${pad}${close}`;
}

function fill(parts: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last === undefined || indent + last.length + part.length + 2 > WIDTH) lines.push(`${part},`);
    else lines[lines.length - 1] = `${last} ${part},`;
  }
  return lines;
}
