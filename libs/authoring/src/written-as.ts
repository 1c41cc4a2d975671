import { listNames, nearestName } from '@mixlab/contracts';
import { datasets, recipes } from '@mixlab/dsl';

/** How the values of fields are written that have names of their own, all of the ways there are. */
const WAYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['recipe', Object.keys(recipes).map((name) => `recipes.${name}`)],
  ['dataset', [...Object.keys(datasets).map((name) => `datasets.${name}`), 'imageFolder(…)']],
  ['report', ['best(…)', 'ema(…)', 'last(…)', 'meanOfBest(…)', 'medianOfLast(…)']],
  ['halving', ['halving(…)']],
]);

/** How values of a field are written, by its path, and which way a name may have been meant for; undefined for most fields. */
export function waysToWrite(
  path: string | undefined,
  name?: string,
): { readonly expected: string; readonly nearest: string | undefined } | undefined {
  const all = WAYS.get(path?.replace(/\[\d+\]$/, '') ?? '');
  if (!all) return undefined;
  const byName = new Map(all.map((way) => [way.replace(/^.*\.(?=\w)|\(.*$/g, ''), way]));
  const near = name === undefined ? undefined : nearestName(name, [...byName.keys()]);
  return {
    expected: `${all.length > 1 ? 'one of ' : ''}${listNames(all)}`,
    nearest: near === undefined ? undefined : byName.get(near),
  };
}
