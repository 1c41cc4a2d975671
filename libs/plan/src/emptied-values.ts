import type { ConfigIssue } from '@mixlab/contracts';
import { eachValue } from './axis-values.ts';
import { keyOf } from './condition.ts';
import type { Choice } from './dimension.ts';
import { placed } from './node-value.ts';
import { show } from './show.ts';
import type { Sources } from './sources.ts';

/** Watches the points that are left of a grid, to find values that `exclude` takes away from all of them. */
export class EmptiedValues {
  readonly #known = new WeakSet<Choice>();
  readonly #left = new Map<string, Set<string>>();

  /** Takes note of a point that is left. */
  see(choices: readonly Choice[]): void {
    for (const choice of choices) {
      if (this.#known.has(choice)) continue;
      this.#known.add(choice);
      for (const [path, value] of choice.seen) {
        const values = this.#left.get(path);
        if (values) values.add(keyOf(value));
        else this.#left.set(path, new Set([keyOf(value)]));
      }
    }
  }

  /** The values of axes that no point has any more; of a choice that is gone whole, not each value inside. */
  notes({ fields, recipes }: Sources): ConfigIssue[] {
    const notes: ConfigIssue[] = [];
    const gone: string[] = [];
    const look: Parameters<typeof eachValue>[2] = (path, value, at) => {
      if (this.#left.get(path)?.has(keyOf(value)) || gone.some((outer) => path.startsWith(`${outer}.`)))
        return;
      gone.push(path);
      const message = `no run is left with ${path}=${show(value)}: every one is excluded`;
      notes.push({ code: 'excluded-away', message, ...placed(at) });
    };
    for (const recipe of recipes) look('recipe', recipe);
    for (const [path, node] of fields) eachValue(node, path, look);
    return notes;
  }
}
