import { useMemo, useState } from 'preact/hooks';
import { curveFigure } from '@mixlab/plots/browser';
import type { Fact, RunView } from '../src/view.ts';
import { runKey } from './app.tsx';
import type { Versions } from './app.tsx';
import { Chart } from './chart.tsx';
import { linkTo } from './route.ts';
import type { RunName } from './route.ts';
import type { Source } from './source.ts';
import { useLoaded } from './use-loaded.ts';

interface Props {
  readonly source: Source;
  readonly versions: Versions;
  readonly left: RunName;
  readonly right: RunName;
}

/** Two runs side by side: where their configs differ, and their curves. */
export function ComparePage({ source, versions, left, right }: Props) {
  const names = [left, right];
  const version = Math.max(...names.map((name) => versions.runs[runKey(name)] ?? 0));
  const { value: views, problem } = useLoaded(names.map(runKey).join(' '), version, () =>
    Promise.all(names.map(({ experiment, run }) => source.run(experiment, run))),
  );
  const [a, b] = views ?? [];
  return (
    <>
      <h1>Two runs side by side</h1>
      {problem && <p class="problem">{problem}</p>}
      {!views && !problem && <p>Reading …</p>}
      {a && b && <Comparison left={a} right={b} />}
    </>
  );
}

function Comparison({ left, right }: { readonly left: RunView; readonly right: RunView }) {
  const metrics = left.metrics.filter(({ metric }) => right.metrics.some((each) => each.metric === metric));
  const [metric, setMetric] = useState(metrics[0]?.metric ?? '');
  const figure = useMemo(() => figureOf([left, right], metric), [left, right, metric]);
  const different = differences(left.config?.values ?? [], right.config?.values ?? []);
  return (
    <>
      {metrics.length > 0 && (
        <label>
          Metric{' '}
          <select value={metric} onChange={(event) => setMetric(event.currentTarget.value)}>
            {metrics.map((each) => (
              <option key={each.metric}>{each.metric}</option>
            ))}
          </select>
        </label>
      )}
      {figure && <Chart figure={figure} />}
      <div class="wide" tabIndex={0} role="region" aria-label="Differences">
        <table>
          <caption>
            {different.length === 0 ? 'Their configs are the same' : 'Where their configs differ'}
          </caption>
          <thead>
            <tr>
              <th scope="col">value</th>
              {[left, right].map(({ experiment, run }) => (
                <th key={runKey({ experiment, run })} scope="col">
                  <a href={linkTo({ view: 'run', experiment, run })}>{run}</a>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">trials</th>
              <td>{left.result}</td>
              <td>{right.result}</td>
            </tr>
            {different.map(({ path, values }) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                {values.map((value, index) => (
                  <td key={index}>{value ?? '–'}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function differences(left: readonly Fact[], right: readonly Fact[]) {
  const [ours, theirs] = [new Map(left), new Map(right)];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .map((path) => ({ path, values: [ours.get(path), theirs.get(path)] }))
    .filter(({ values: [a, b] }) => a !== b);
}

/** Means over trials, with their spread. */
function figureOf(views: readonly RunView[], metric: string) {
  const found = views.flatMap((view) => {
    const curves = view.metrics.find((each) => each.metric === metric);
    return curves ? [{ name: view.run, label: curves.label, points: curves.mean }] : [];
  });
  return found[0] && curveFigure('Two runs', found[0].label, found);
}
