import { listNames, nearestName } from '@mixlab/contracts';
import { ConfigError } from '@mixlab/contracts';
import type { ConfigIssue, JsonValue } from '@mixlab/contracts';
import { canonicalJson } from './identity.ts';
import { show } from './show.ts';
import type { Plan } from './plan.ts';

/** Values wanted of each axis, by path; a run is selected that has, for every axis, one of them. */
export type Selection = Readonly<Record<string, readonly (string | number | boolean)[]>>;

export function selects(
  selection: Selection,
  run: { readonly axes: Readonly<Record<string, JsonValue>> },
): boolean {
  for (const path in selection) {
    const value = run.axes[path];
    if (value === undefined || !selection[path]?.some((wanted) => String(wanted) === textOf(value)))
      return false;
  }
  return true;
}

/**
 * The plans with the same selection.
 *
 * @throws ConfigError where no plan has an axis or a value that is asked for, or nothing at all is selected
 */
export function selectPlans<C>(plans: readonly Plan<C>[], selection: Selection): Plan<C>[] {
  if (Object.keys(selection).length === 0) return [...plans];
  const there = valuesOf(plans);
  const issues = Object.entries(selection).flatMap(([path, wanted]) => unknownValues(path, wanted, there));
  if (issues.length > 0) throw new ConfigError(issues);
  const selected = plans.map((plan) => plan.select(selection));
  if (selected.every((plan) => plan.selectedSize === 0)) throw new ConfigError([nothing(selection, there)]);
  return selected;
}

type Values = ReadonlyMap<string, ReadonlySet<string>>;

function valuesOf(plans: readonly Plan<unknown>[]): Values {
  const values = new Map<string, Set<string>>();
  for (const plan of plans) {
    for (const { axes } of plan.runs()) {
      for (const path in axes) {
        let known = values.get(path);
        if (!known) values.set(path, (known = new Set()));
        known.add(textOf(axes[path] as JsonValue));
      }
    }
  }
  return values;
}

function unknownValues(path: string, wanted: Selection[string], there: Values): ConfigIssue[] {
  const known = there.get(path);
  if (!known) {
    const names = [...there.keys()];
    const nearest = nearestName(path, names);
    const expected = `one of ${listNames(names)}`;
    return [
      {
        code: 'not-an-axis',
        message: `no run has \`${path}\``,
        path,
        expected,
        ...(nearest ? { nearest } : {}),
      },
    ];
  }
  return wanted
    .map(String)
    .filter((value) => !known.has(value))
    .map((value) => {
      // The digits of one number say nothing about which other was meant.
      const nearest = Number.isNaN(Number(value)) ? nearestName(value, [...known]) : undefined;
      const expected = `one of ${listNames([...known])}`;
      const message = `no run has this \`${path}\``;
      return {
        code: 'not-a-value',
        message,
        path,
        expected,
        got: show(value),
        ...(nearest ? { nearest } : {}),
      };
    });
}

function nothing(selection: Selection, there: Values): ConfigIssue {
  const wanted = Object.entries(selection).map(([path, values]) => `${path}=${values.join(',')}`);
  const available = Object.keys(selection).map(
    (path) => `${path}: ${listNames([...(there.get(path) ?? [])])}`,
  );
  return {
    code: 'nothing-selected',
    message: `no run has all of ${wanted.join(' ')}`,
    expected: `a combination that exists, of ${available.join('; ')}`,
  };
}

function textOf(value: JsonValue): string {
  return typeof value === 'object' ? canonicalJson(value) : String(value);
}
