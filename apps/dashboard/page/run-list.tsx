import type { TargetedKeyboardEvent } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ExperimentView, TrialView } from '../src/view.ts';
import { runKey } from './app.tsx';
import { linkTo } from './route.ts';
import type { RunName } from './route.ts';
import { countOf, progressText, reasonText, states, valueText } from './text.ts';
import type { State } from './text.ts';
import { useVirtualRows } from './use-virtual-rows.ts';

const ROW_HEIGHT = 32;
const ROWS_OF_A_PAGE = 15;

interface Row extends TrialView {
  readonly experiment: string;
  readonly leftOutAfter: number | null;
}

const columns = [
  { name: 'run', of: ({ run }: Row) => run },
  { name: 'trial', of: ({ trial }: Row) => trial },
  { name: 'state', of: ({ state }: Row) => states.indexOf(state) },
  { name: 'epoch', of: ({ epoch }: Row) => epoch },
  { name: 'metric', of: ({ value }: Row) => value ?? -Infinity },
  { name: 'where', of: ({ place }: Row) => place },
  { name: 'why', of: reasonText },
] as const;

type Sorting = { readonly column: (typeof columns)[number]; readonly sign: 1 | -1 };

interface Props {
  readonly experiments: readonly ExperimentView[];
  readonly marked: readonly RunName[];
  readonly mark: (name: RunName) => void;
}

/** Every trial of all experiments, filtered and sorted; only rows in sight are in the document. */
export function RunList({ experiments, marked, mark }: Props) {
  const [text, setText] = useState('');
  const [hidden, setHidden] = useState<ReadonlySet<State>>(new Set());
  const [experiment, setExperiment] = useState('');
  const [sorting, setSorting] = useState<Sorting>();

  const all = useMemo(
    () =>
      experiments.flatMap(({ experiment, trials, rungs }) =>
        trials.map((trial): Row => {
          return { experiment, leftOutAfter: rungs?.leftOut[trial.run] ?? null, ...trial };
        }),
      ),
    [experiments],
  );
  const counts = useMemo(() => countOf(all, ({ state }) => state), [all]);
  const rows = useMemo(() => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (row: Row) =>
      !hidden.has(row.state) &&
      (experiment === '' || row.experiment === experiment) &&
      words.every((word) => searched(row).includes(word));
    const found = all.filter(matches);
    return sorting
      ? found.sort((a, b) => sorting.sign * compare(sorting.column.of(a), sorting.column.of(b)))
      : found;
  }, [all, text, hidden, experiment, sorting]);

  const toggle = (state: State) =>
    setHidden(
      (before) =>
        new Set(before.has(state) ? [...before].filter((each) => each !== state) : [...before, state]),
    );
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">All trials</h2>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Filter <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        {experiments.length > 1 && (
          <label>
            Experiment{' '}
            <select value={experiment} onChange={(event) => setExperiment(event.currentTarget.value)}>
              <option value="">all</option>
              {experiments.map(({ experiment: name }) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        )}
        <fieldset>
          <legend>States</legend>
          {states
            .filter((state) => counts.has(state))
            .map((state) => (
              <label key={state}>
                <input type="checkbox" checked={!hidden.has(state)} onChange={() => toggle(state)} /> {state}{' '}
                ({counts.get(state)})
              </label>
            ))}
        </fieldset>
        <output>
          {rows.length} of {all.length} trials
        </output>
        <Comparison marked={marked} />
      </form>
      <Grid {...{ rows, marked, mark, sorting, setSorting }} />
      <p class="hint">
        In the list: arrow keys, Page Up and Down, Home and End move, Enter opens, Space marks for a
        comparison.
      </p>
    </section>
  );
}

function Comparison({ marked: [left, right] }: { readonly marked: readonly RunName[] }) {
  if (!left) return null;
  if (!right) return <span>{left.run} is marked; mark another one to compare them</span>;
  return <a href={linkTo({ view: 'compare', left, right })}>Compare the marked runs</a>;
}

interface GridProps extends Pick<Props, 'marked' | 'mark'> {
  readonly rows: readonly Row[];
  readonly sorting: Sorting | undefined;
  readonly setSorting: (sorting: Sorting) => void;
}

function Grid({ rows, marked, mark, sorting, setSorting }: GridProps) {
  const element = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(element, rows.length, ROW_HEIGHT);
  const [wanted, setActive] = useState(0);
  const active = Math.max(0, Math.min(wanted, rows.length - 1));
  const isMarked = new Set(marked.map(runKey));

  const move = (to: number) => {
    const next = Math.max(0, Math.min(to, rows.length - 1));
    setActive(next);
    virtual.scrollToIndex(next);
  };
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const row = rows[active];
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + ROWS_OF_A_PAGE),
      PageUp: () => move(active - ROWS_OF_A_PAGE),
      Home: () => move(0),
      End: () => move(rows.length - 1),
      Enter: () => row && (location.hash = linkTo({ view: 'run', ...row })),
      ' ': () => row && mark(row),
    };
    if (event.target !== event.currentTarget || !steps[event.key]) return;
    event.preventDefault();
    steps[event.key]!();
  };
  return (
    <div
      class="grid"
      ref={element}
      role="grid"
      aria-label="Trials"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      tabIndex={0}
      aria-activedescendant={rows.length > 0 ? `row-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="row head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <Head key={column.name} {...{ column, sorting, setSorting }} />
        ))}
      </div>
      <div role="rowgroup" class="space" style={{ height: `${virtual.getTotalSize()}px` }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          if (!row) return null;
          return (
            <div
              key={index}
              id={`row-${index}`}
              class={`row${index === active ? ' active' : ''}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={isMarked.has(runKey(row))}
              style={{ transform: `translateY(${start - ROW_HEIGHT}px)` }}
              onClick={() => setActive(index)}
            >
              <span role="gridcell">
                <a tabIndex={-1} href={linkTo({ view: 'run', ...row })} title={runKey(row)}>
                  {row.run}
                </a>
              </span>
              <span role="gridcell">{row.trial}</span>
              <span role="gridcell">
                <span class={`state ${row.state}`}>{row.state}</span>
              </span>
              <span role="gridcell">{progressText(row)}</span>
              <span role="gridcell">{valueText(row)}</span>
              <span role="gridcell">{row.place}</span>
              <span role="gridcell" title={reasonText(row)}>
                {reasonText(row)}
              </span>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface HeadProps extends Pick<GridProps, 'sorting' | 'setSorting'> {
  readonly column: Sorting['column'];
}

function Head({ column, sorting, setSorting }: HeadProps) {
  const sign = sorting?.column === column ? sorting.sign : undefined;
  const order = sign === undefined ? 'none' : sign === 1 ? 'ascending' : 'descending';
  return (
    <span role="columnheader" aria-sort={order}>
      <button type="button" onClick={() => setSorting({ column, sign: sign === 1 ? -1 : 1 })}>
        {column.name}
        <span aria-hidden="true">{sign === undefined ? '' : sign === 1 ? ' ▲' : ' ▼'}</span>
      </button>
    </span>
  );
}

function searched({ experiment, run, trial, place, error }: Row): string {
  return `${experiment}/${run}/trial${trial} ${place} ${error ?? ''}`.toLowerCase();
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
