import type {
  Changes,
  Exported,
  ExportedRuns,
  OutputView,
  Overview,
  RunView,
  SlotView,
  TableView,
} from '../src/view.ts';

export interface Listener {
  changes(changes: readonly Changes[]): void;
  /** All is to be read again: the plans are others now, or a lost connection is there again. */
  anew(): void;
  connected(isConnected: boolean): void;
}

/** Where the page has what it shows from: its server, or itself. */
export interface Source {
  readonly isLive: boolean;
  overview(): Promise<Overview>;
  running(): Promise<readonly SlotView[]>;
  table(experiment: string): Promise<TableView>;
  run(experiment: string, run: string): Promise<RunView>;
  listen(listener: Listener): () => void;
  /** Gives what a trial prints, from its last lines on, until the returned function is called. */
  follow(
    place: { readonly experiment: string; readonly run: string; readonly trial: number },
    take: (output: OutputView) => void,
    refused: (why: string) => void,
  ): () => void;
}

/** An exported page holds its data. */
export function openSource(): Source {
  return document.getElementById('exported') ? exportedSource() : liveSource();
}

function liveSource(): Source {
  return {
    isLive: true,
    overview: () => ask('overview'),
    running: () => ask('running'),
    table: (experiment) => ask('table', { experiment }),
    run: (experiment, run) => ask('run', { experiment, run }),
    listen: (listener) => {
      const events = new EventSource('events');
      let isFirst = true;
      events.addEventListener('open', () => {
        listener.connected(true);
        if (!isFirst) listener.anew();
        isFirst = false;
      });
      events.addEventListener('error', () => listener.connected(false));
      events.addEventListener('plans', () => listener.anew());
      events.addEventListener('changes', ({ data }) => listener.changes(JSON.parse(data) as Changes[]));
      return () => events.close();
    },
    follow: ({ experiment, run, trial }, take, refused) => {
      const query = new URLSearchParams({ experiment, run, trial: String(trial) });
      const events = new EventSource(`output?${query}`);
      events.addEventListener('output', ({ data }) => take(JSON.parse(data) as OutputView));
      events.addEventListener('refused', ({ data }) => refused(JSON.parse(data) as string));
      return () => events.close();
    },
  };
}

async function ask<T>(path: string, query: Record<string, string> = {}): Promise<T> {
  const parameters = new URLSearchParams(query).toString();
  const response = await fetch(parameters ? `${path}?${parameters}` : path);
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as T;
}

function exportedSource(): Source {
  const shown = unpack<Exported>('exported');
  let runs: Promise<ExportedRuns> | undefined;
  return {
    isLive: false,
    overview: async () => (await shown).overview,
    running: async () => (await shown).running,
    table: async (experiment) => {
      const found = (await shown).tables.find((table) => table.experiment === experiment);
      if (!found) throw new Error(`there is no experiment ${experiment}`);
      return found;
    },
    run: async (experiment, run) => {
      // The largest part, which the first view does without.
      const found = (await (runs ??= unpack<ExportedRuns>('exported-runs')))[experiment]?.[run];
      if (!found) throw new Error(`${run} had not started when this page was written`);
      return found;
    },
    listen: () => () => undefined,
    follow: () => () => undefined,
  };
}

async function unpack<T>(id: string): Promise<T> {
  const text = document.getElementById(id)?.textContent ?? '';
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return (await new Response(stream).json()) as T;
}
