import type { JsonValue, SourceLocation } from '@mixlab/contracts';
import type { Node, VaryNode } from '@mixlab/dsl';
import type { Axis } from './alternatives.ts';
import { canonicalJson } from './identity.ts';
import { holdsVary, joinPath, nameOf, toJson } from './node-value.ts';

/**
 * Reports each value that conditions can ask for: what varies by its path (an object by its name), and every value
 * inside a choice.
 */
export function eachValue(
  node: Node,
  path: string,
  report: (path: string, value: JsonValue, at?: SourceLocation) => void,
  inChoice = false,
): void {
  switch (node.kind) {
    case 'vary':
      for (const choice of node.choices) eachValue(choice, path, report, true);
      return;
    case 'value':
      if (inChoice) report(path, node.value, node.at);
      return;
    case 'array':
      if (node.items.every((item) => item.kind === 'value')) {
        if (inChoice) report(path, toJson(node), node.at);
      } else {
        node.items.forEach((item, at) => eachValue(item, joinPath(path, at), report, inChoice));
      }
      return;
    case 'object': {
      const name = nameOf(node);
      if (inChoice && name !== undefined) report(path, name, node.at);
      for (const [key, inner] of node.entries) {
        if (key !== 'name' || name === undefined) eachValue(inner, joinPath(path, key), report, inChoice);
      }
    }
  }
}

/** Enters a choice of something that varies at `path` into the axes of an alternative. */
export function recordChoice(
  choice: Node,
  path: string,
  differing: ReadonlySet<string>,
  axes: { readonly shown: Axis[]; readonly seen: Axis[] },
): void {
  const nameless = choice.kind === 'object' && nameOf(choice) === undefined;
  eachValue(
    choice,
    '',
    (inner, value) => {
      const axis = [inner === '' ? path : joinPath(path, inner), value] as const;
      axes.seen.push(axis);
      if (inner === '' || nameless || differing.has(inner)) axes.shown.push(axis);
    },
    true,
  );
}

const differing = new WeakMap<VaryNode, ReadonlySet<string>>();

/** Fields that tell apart the choices of one name: `alpha` in `vary(mix.mixup({ alpha: 1 }), mix.mixup({ alpha: 2 }))`. */
export function differingFields(node: VaryNode): ReadonlySet<string> {
  let known = differing.get(node);
  if (!known) differing.set(node, (known = findDiffering(node)));
  return known;
}

function findDiffering(node: VaryNode): Set<string> {
  const byName = new Map<string, Map<string, string>[]>();
  for (const choice of node.choices) {
    const name = choice.kind === 'object' ? nameOf(choice) : undefined;
    if (name === undefined) continue;
    const values = new Map<string, string>();
    eachValue(choice, '', (path, value) => values.set(path, canonicalJson(value)), true);
    const group = byName.get(name);
    if (group) group.push(values);
    else byName.set(name, [values]);
  }
  const found = new Set<string>();
  for (const group of byName.values()) {
    for (const path of new Set(group.flatMap((values) => [...values.keys()]))) {
      if (new Set(group.map((values) => values.get(path))).size > 1) found.add(path);
    }
  }
  return found;
}

/** Whether two choices of one `vary` are the same value. */
export function choiceText(choice: Node): string | undefined {
  return holdsVary(choice) ? undefined : canonicalJson(toJson(choice));
}
