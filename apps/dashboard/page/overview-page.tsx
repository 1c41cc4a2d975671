import { useMemo } from 'preact/hooks';
import { curveFigure } from '@mixlab/plots/browser';
import type { ExperimentView, Overview, SlotView } from '../src/view.ts';
import type { Versions } from './app.tsx';
import { Chart } from './chart.tsx';
import { linkTo } from './route.ts';
import type { RunName } from './route.ts';
import { RunList } from './run-list.tsx';
import type { Source } from './source.ts';
import { countOf, durationText, progressText, states, valueText } from './text.ts';
import { useLoaded } from './use-loaded.ts';

/** As many curves as differ in colour and dash. */
const CURVES_SHOWN = 24;

interface Props {
  readonly source: Source;
  readonly overview: Overview;
  readonly versions: Versions;
  readonly marked: readonly RunName[];
  readonly mark: (name: RunName) => void;
}

/** All experiments: how far they are, what trains now, every run. */
export function OverviewPage({ source, overview, versions, marked, mark }: Props) {
  return (
    <>
      <h1>Runs</h1>
      <section aria-labelledby="progress">
        <h2 id="progress">Progress</h2>
        <ul class="experiments">
          {overview.experiments.map((each) => (
            <Progress key={each.experiment} experiment={each} />
          ))}
        </ul>
      </section>
      <Running source={source} version={versions.all} />
      <RunList experiments={overview.experiments} marked={marked} mark={mark} />
    </>
  );
}

function Progress({ experiment: { experiment, trials, rungs } }: { readonly experiment: ExperimentView }) {
  const counts = countOf(trials, ({ state }) => state);
  const shown = states.flatMap((state) => {
    const count = counts.get(state);
    return count ? [{ state, count }] : [];
  });
  const text = shown.map(({ state, count }) => `${count} ${state}`).join(', ');
  return (
    <li>
      <a href={linkTo({ view: 'table', experiment })}>{experiment}</a>
      <span class="bar" aria-hidden="true">
        {[...shown].reverse().map(({ state, count }) => (
          <span key={state} class={`part ${state}`} style={{ flexGrow: count }} />
        ))}
      </span>
      <span>
        {trials.length} trials: {text}
        {rungs && <span class="rungs">{rungs.text}</span>}
      </span>
    </li>
  );
}

function Running({ source, version }: { readonly source: Source; readonly version: number }) {
  const { value: slots, problem } = useLoaded('running', version, () => source.running());
  const figure = useMemo(() => (slots ? figureOf(slots) : undefined), [slots]);
  if (problem) return <p class="problem">{problem}</p>;
  if (!slots || slots.length === 0) return null;
  return (
    <section aria-labelledby="running">
      <h2 id="running">Training now</h2>
      <div class="slots">
        <ul>
          {slots.map((slot) => (
            <Slot key={`${slot.experiment}/${slot.run}/${slot.trial}`} slot={slot} />
          ))}
        </ul>
        {figure && <Chart figure={figure} />}
      </div>
    </section>
  );
}

function Slot({ slot }: { readonly slot: SlotView }) {
  const { experiment, run, trial, epoch, maxEpochs, step, stepsPerEpoch, secondsLeft, place } = slot;
  const done = epoch + (stepsPerEpoch ? Math.min(1, step / stepsPerEpoch) : 0);
  const facts = [
    `epoch ${progressText(slot)}`,
    valueText(slot),
    secondsLeft === null ? '' : `${durationText(secondsLeft)} left`,
    place,
  ];
  return (
    <li>
      <a href={linkTo({ view: 'run', experiment, run })}>
        {run}, trial {trial}
      </a>
      <progress max={maxEpochs ?? undefined} value={maxEpochs === null ? undefined : done} aria-label={run} />
      <span>{facts.filter(Boolean).join(' · ')}</span>
    </li>
  );
}

function figureOf(slots: readonly SlotView[]) {
  const shown = slots.filter(({ points }) => points.length > 0).slice(0, CURVES_SHOWN);
  if (shown.length === 0) return undefined;
  const curves = shown.map(({ run, trial, points }) => ({ name: `${run}, trial ${trial}`, points }));
  return curveFigure('Curves', [...new Set(shown.map(({ metric }) => metric))].join(', '), curves);
}
