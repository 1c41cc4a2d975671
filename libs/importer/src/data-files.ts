import { Scalar, parseDocument, visit } from 'yaml';
import { PythonError } from './python-error.ts';
import type { PythonValue, Unknown } from './python-value.ts';
import { pyDict, pyList } from './python-value.ts';

/** What Python's `json.load` gives. @throws PythonError where it is no JSON */
export function parseJson(text: string): PythonValue {
  // The numbers that JSON.parse would make of `1` and `1.0` are one and the same.
  const tagged = text.replace(
    /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|-?Infinity|NaN/g,
    (token) => (token.startsWith('"') ? `"${TEXT}${token.slice(1)}` : `"${token}"`),
  );
  try {
    return fromTagged(JSON.parse(tagged));
  } catch (error) {
    throw new PythonError('JSONDecodeError', (error as Error).message);
  }
}

const TEXT = '=';

function fromTagged(value: unknown): PythonValue {
  if (typeof value === 'string') {
    if (value.startsWith(TEXT)) return value.slice(TEXT.length);
    return /^-?\d+$/.test(value) ? BigInt(value) : Number(value);
  }
  if (Array.isArray(value)) return pyList(value.map(fromTagged));
  if (typeof value !== 'object' || value === null) return value as null | boolean;
  return pyDict(
    Object.entries(value).map(([key, inner]) => ({ key: key.slice(TEXT.length), value: fromTagged(inner) })),
  );
}

/**
 * What PyYAML's `yaml.load` gives, which speaks YAML 1.1. `unknown` makes the value of a node with a tag of its own, such
 * as `!!python/object/apply:eval`, which is not evaluated.
 *
 * @throws PythonError where it is no YAML
 */
export function parseYaml(text: string, unknown: (tag: string, line: number) => Unknown): PythonValue {
  const document = parseDocument(text, { version: '1.1', intAsBigInt: true });
  const [error] = document.errors;
  if (error) throw new PythonError('YAMLError', error.message);
  visit(document, {
    Node(_, node) {
      const { tag, range } = node as { tag?: string; range?: readonly number[] | null };
      if (tag === undefined || knownTags.test(tag)) return undefined;
      return new Scalar(unknown(tag, text.slice(0, range?.[0] ?? 0).split('\n').length));
    },
    Scalar(_, node) {
      // Without a point it is no float to PyYAML, and its exponent needs a sign.
      const { source, type } = node;
      if (type === 'PLAIN' && typeof node.value === 'number' && source && !isPyYamlFloat(source))
        node.value = source;
    },
  });
  return fromYaml(document.toJS({ mapAsMap: true }));
}

/** Tags of YAML itself; a tuple of Python is a list in the end. */
const knownTags = /^tag:yaml.org,2002:(str|int|float|bool|null|seq|map|merge|python\/tuple)$/;

function isPyYamlFloat(text: string): boolean {
  return /^[-+]?(\d[\d_]*\.[\d_]*([eE][-+]\d+)?|\.[\d_]+([eE][-+]\d+)?|\d[\d_]*(:[0-5]?\d)+\.[\d_]*)$|^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/.test(
    text,
  );
}

function fromYaml(value: unknown): PythonValue {
  if (value instanceof Map)
    return pyDict(Array.from(value, ([key, inner]) => ({ key: fromYaml(key), value: fromYaml(inner) })));
  if (Array.isArray(value)) return pyList(value.map(fromYaml));
  if (typeof value !== 'object' || value === null) return value as PythonValue;
  if ('why' in value) return value as Unknown;
  throw new PythonError('YAMLError', 'only plain values are read');
}
