import { useEffect, useRef, useState } from 'preact/hooks';
import type { Changes, Overview } from '../src/view.ts';
import { ComparePage } from './compare-page.tsx';
import { OverviewPage } from './overview-page.tsx';
import { linkTo, useRoute } from './route.ts';
import type { Route, RunName } from './route.ts';
import { RunPage } from './run-page.tsx';
import type { Source } from './source.ts';
import { TablePage } from './table-page.tsx';

/** How often something has changed: what is shown is loaded again when its number is another. */
export interface Versions {
  readonly all: number;
  readonly experiments: Readonly<Record<string, number>>;
  readonly runs: Readonly<Record<string, number>>;
}

interface Known {
  readonly overview: Overview | undefined;
  readonly problem: string | undefined;
  readonly versions: Versions;
}

const nothing: Known = {
  overview: undefined,
  problem: undefined,
  versions: { all: 0, experiments: {}, runs: {} },
};

export function App({ source }: { readonly source: Source }) {
  const [{ overview, problem, versions }, setKnown] = useState(nothing);
  const [isConnected, setConnected] = useState(true);
  const [marked, setMarked] = useState<readonly RunName[]>([]);
  const route = useRoute();
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    const read = () =>
      source.overview().then(
        (found) =>
          setKnown((known) => ({ ...known, overview: found, versions: raised(known.versions, found) })),
        (error: Error) => setKnown((known) => ({ ...known, problem: error.message })),
      );
    const changes = (come: readonly Changes[]) => setKnown((known) => withChanges(known, come));
    const stop = source.listen({ changes, anew: read, connected: setConnected });
    void read();
    return stop;
  }, [source]);

  const address = linkTo(route);
  const isFirst = useRef(true);
  useEffect(() => {
    // Whoever listens to the page is told where she has come to.
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
  }, [address]);

  const mark = (name: RunName) => setMarked((before) => withMark(before, name));
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        To the content
      </a>
      <header>
        <a class="home" href="#/">
          Mixlab
        </a>
        {overview && <span>{overview.workspace}</span>}
        <nav aria-label="Tables">
          {overview?.experiments.map(({ experiment }) => (
            <a
              key={experiment}
              href={linkTo({ view: 'table', experiment })}
              aria-current={route.view === 'table' && route.experiment === experiment ? 'page' : undefined}
            >
              {experiment}
            </a>
          ))}
        </nav>
        <span class="connection" role="status">
          {connectionText(source, isConnected, overview)}
        </span>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {overview?.problems.map((each) => (
          <p key={each} class="problem">
            {each}
          </p>
        ))}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        {overview ? (
          <View {...{ route, source, overview, versions, marked, mark }} />
        ) : (
          !problem && <p>Reading run directories …</p>
        )}
      </main>
    </>
  );
}

interface ViewProps {
  readonly route: Route;
  readonly source: Source;
  readonly overview: Overview;
  readonly versions: Versions;
  readonly marked: readonly RunName[];
  readonly mark: (name: RunName) => void;
}

function View({ route, source, overview, versions, marked, mark }: ViewProps) {
  switch (route.view) {
    case 'table':
      return <TablePage {...{ source, versions }} experiment={route.experiment} />;
    case 'run':
      return <RunPage {...{ source, versions, marked, mark }} name={route} key={linkTo(route)} />;
    case 'compare':
      return (
        <ComparePage {...{ source, versions }} left={route.left} right={route.right} key={linkTo(route)} />
      );
    case 'overview':
      return <OverviewPage {...{ source, overview, versions, marked, mark }} />;
  }
}

function connectionText({ isLive }: Source, isConnected: boolean, overview: Overview | undefined): string {
  if (!isLive) return overview ? `as of ${new Date(overview.at).toLocaleString()}` : '';
  return isConnected ? 'live' : 'no connection: mixlab dashboard has ended, or this machine is out of reach';
}

export function runKey({ experiment, run }: RunName): string {
  return `${experiment}/${run}`;
}

/** Marks a run for a comparison, or takes the mark away; of three the first loses it. */
function withMark(before: readonly RunName[], name: RunName): readonly RunName[] {
  const others = before.filter((each) => runKey(each) !== runKey(name));
  return others.length < before.length ? others : [...others, name].slice(-2);
}

/** After all was read anew, everything that is shown has changed. */
function raised(versions: Versions, { experiments }: Overview): Versions {
  const all = versions.all + 1;
  return {
    all,
    experiments: Object.fromEntries(experiments.map(({ experiment }) => [experiment, all])),
    runs: Object.fromEntries(
      experiments.flatMap(({ experiment, trials }) =>
        trials.map(({ run }) => [runKey({ experiment, run }), all]),
      ),
    ),
  };
}

function withChanges(known: Known, come: readonly Changes[]): Known {
  if (!known.overview) return known;
  const changed = new Map(come.map((each) => [each.experiment, each]));
  const experiments = known.overview.experiments.map((each) => {
    const changes = changed.get(each.experiment);
    if (!changes) return each;
    const trials = [...each.trials];
    for (const [index, trial] of changes.trials) trials[index] = trial;
    return { ...each, trials, rungs: changes.rungs === undefined ? each.rungs : changes.rungs };
  });
  const all = known.versions.all + 1;
  const runs = come.flatMap(({ experiment, trials }) =>
    trials.map(([, { run }]) => [runKey({ experiment, run }), all]),
  );
  return {
    ...known,
    overview: { ...known.overview, experiments },
    versions: {
      all,
      experiments: {
        ...known.versions.experiments,
        ...Object.fromEntries([...changed.keys()].map((name) => [name, all])),
      },
      runs: { ...known.versions.runs, ...Object.fromEntries(runs) },
    },
  };
}
