import { useMemo, useState } from 'preact/hooks';
import { curveFigure } from '@mixlab/plots/browser';
import type { Fact, MetricView, RunView, TrialDetail } from '../src/view.ts';
import { runKey } from './app.tsx';
import type { Versions } from './app.tsx';
import { Chart } from './chart.tsx';
import { Output } from './output.tsx';
import { linkTo } from './route.ts';
import type { RunName } from './route.ts';
import type { Source } from './source.ts';
import { Warnings } from './table-page.tsx';
import { progressText, reasonText, valueText } from './text.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly source: Source;
  readonly versions: Versions;
  readonly name: RunName;
  readonly marked: readonly RunName[];
  readonly mark: (name: RunName) => void;
}

/** One run: its trials, curves, config, provenance, and what its trainings print. */
export function RunPage({ source, versions, name, marked, mark }: Props) {
  const { experiment, run } = name;
  const key = runKey(name);
  const { value: view, problem } = useLoaded(key, versions.runs[key] ?? 0, () => source.run(experiment, run));
  const isMarked = marked.some((each) => runKey(each) === key);
  const other = marked.find((each) => runKey(each) !== key);
  return (
    <>
      <h1>{run}</h1>
      <p>
        <a href={linkTo({ view: 'table', experiment })}>{experiment}</a>
        {view && ` · ${view.result} · ${view.report} · hash ${view.hash.slice(0, 12)}`}
      </p>
      <p>
        <button type="button" aria-pressed={isMarked} onClick={() => mark({ experiment, run })}>
          {isMarked ? 'Marked for a comparison' : 'Mark for a comparison'}
        </button>{' '}
        {other && (
          <a href={linkTo({ view: 'compare', left: other, right: { experiment, run } })}>
            Compare with {other.run}
          </a>
        )}
      </p>
      {problem && <p class="problem">{problem}</p>}
      {!view && !problem && <p>Reading …</p>}
      {view && <Details source={source} view={view} />}
    </>
  );
}

function Details({ source, view }: { readonly source: Source; readonly view: RunView }) {
  const [chosen, choose] = useState(0);
  const detail = view.trials[Math.min(chosen, view.trials.length - 1)];
  return (
    <>
      <Trials view={view} />
      <Curves view={view} />
      {view.trials.length > 1 && (
        <p>
          <label>
            Output and provenance of{' '}
            <select value={chosen} onChange={(event) => choose(Number(event.currentTarget.value))}>
              {view.trials.map(({ trial: { trial } }, index) => (
                <option key={trial} value={index}>
                  trial {trial}
                </option>
              ))}
            </select>
          </label>
        </p>
      )}
      {detail && <Output key={detail.trial.trial} source={source} view={view} detail={detail} />}
      {detail && <Provenance detail={detail} />}
      <Config view={view} />
      <Warnings warnings={view.warnings} />
    </>
  );
}

function Trials({ view }: { readonly view: RunView }) {
  return (
    <section aria-labelledby="trials">
      <h2 id="trials">Trials</h2>
      <table>
        <thead>
          <tr>
            {['trial', 'state', 'attempt', 'epoch', 'metric', 'where', 'why'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {view.trials.map(({ trial }) => (
            <tr key={trial.trial}>
              <th scope="row">{trial.trial}</th>
              <td>
                <span class={`state ${trial.state}`}>{trial.state}</span>
              </td>
              <td>{trial.attempt || ''}</td>
              <td>{progressText(trial)}</td>
              <td>{valueText(trial)}</td>
              <td>{trial.place}</td>
              <td class="error">
                {trial.error ?? reasonText({ ...trial, leftOutAfter: view.leftOutAfter })}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Curves({ view }: { readonly view: RunView }) {
  const [metric, setMetric] = useState(view.metrics[0]?.metric ?? '');
  const shown = view.metrics.find((each) => each.metric === metric) ?? view.metrics[0];
  const figure = useMemo(() => shown && figureOf(view.run, shown), [view, shown]);
  if (!shown || !figure) return null;
  return (
    <section aria-labelledby="curves">
      <h2 id="curves">Curves</h2>
      <label>
        Metric{' '}
        <select value={shown.metric} onChange={(event) => setMetric(event.currentTarget.value)}>
          {view.metrics.map((each) => (
            <option key={each.metric}>{each.metric}</option>
          ))}
        </select>
      </label>
      <Chart figure={figure} />
    </section>
  );
}

function figureOf(run: string, { label, trials }: MetricView) {
  return curveFigure(
    run,
    label,
    trials.map(({ trial, points }) => ({ name: `trial ${trial}`, points })),
  );
}

function Provenance({ detail: { provenance } }: { readonly detail: TrialDetail }) {
  if (provenance.length === 0) return null;
  return (
    <section aria-labelledby="provenance">
      <h2 id="provenance">Provenance</h2>
      <Facts facts={provenance} />
    </section>
  );
}

function Config({ view: { config, varied } }: { readonly view: RunView }) {
  const isVaried = (path: string) => varied.some(([axis]) => path === axis || path.startsWith(`${axis}.`));
  return (
    <section aria-labelledby="config">
      <h2 id="config">Config</h2>
      {varied.length > 0 && (
        <>
          <h3>What varies in this experiment</h3>
          <Facts facts={varied} />
        </>
      )}
      {config && (
        <details>
          <summary>
            All {config.values.length} values, of {config.file}
          </summary>
          <Facts facts={config.values} isStrong={isVaried} />
        </details>
      )}
    </section>
  );
}

interface FactsProps {
  readonly facts: readonly Fact[];
  readonly isStrong?: (name: string) => boolean;
}

function Facts({ facts, isStrong = () => false }: FactsProps) {
  return (
    <table class="facts">
      <tbody>
        {facts.map(([name, value]) => (
          <tr key={name} class={isStrong(name) ? 'strong' : undefined}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
