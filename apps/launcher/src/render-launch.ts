import { stripVTControlCharacters } from 'node:util';
import { alignColumns } from '@mixlab/contracts';
import type { LaunchState } from './launch-state.ts';
import type { SlotView } from './launch-view.ts';

/** Everything that a frame shows. */
export interface Frame {
  readonly experiment: string;
  readonly state: LaunchState;
  readonly slots: readonly SlotView[];
  readonly secondsSinceStart: number;
  readonly secondsLeft: number | null;
  /** What is going on, in a sentence; empty for nothing. */
  readonly note: string;
  /** Where the script's output goes, as a person would write it. */
  readonly log: string;
  readonly pid: number;
}

const HEAD = ['slot', 'run', 'trial', 'epoch', 'metric', 's/step', 's/epoch', 'left'];
const FAILURES_SHOWN = 8;

/** The lines of a frame, `height` at most if that leaves room for a slot; of any length. Pure. */
export function renderLaunch(frame: Frame, height: number): string[] {
  const { state, slots, note, log, pid } = frame;
  const above = header(frame);
  const notes = [...(note === '' ? [] : [note]), `log ${log}, process ${pid}`];
  const below = [...failureLines(state), '', ...notes];
  return [...above, ...slotLines(slots, height - above.length - below.length), ...below];
}

function slotLines(slots: readonly SlotView[], height: number): string[] {
  if (slots.length === 0) return [];
  const [head, ...rows] = alignColumns([HEAD, ...slots.map(cells)]).map((row) => `  ${row}`);
  const room = Math.max(1, height - 2);
  const shown = rows.length > room ? rows.slice(0, Math.max(1, room - 1)) : rows;
  const more = rows.length - shown.length;
  return ['', head!, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])];
}

function header({ experiment, state, secondsSinceStart, secondsLeft }: Frame): string[] {
  const counts = (
    ['running', 'waiting', 'failed', 'interrupted', 'paused', 'elsewhere', 'skipped'] as const
  ).flatMap((phase) => {
    const count = state.count(phase);
    return count > 0 ? [`${count} ${phase}`] : [];
  });
  const left =
    secondsLeft === null || secondsLeft === 0
      ? ''
      : `, about ${duration(secondsLeft)} left${state.until === undefined ? '' : ' of this rung'}`;
  return [
    `${experiment}: ${[`${state.count('completed')} of ${state.total} completed`, ...counts].join(', ')}`,
    `${duration(secondsSinceStart)} since the start${left}`,
  ];
}

function cells({ slot, run, trial, progress, metric, secondsPerEpoch, secondsLeft }: SlotView): string[] {
  const { epoch, maxEpochs, step, stepsPerEpoch, secondsPerStep, value } = progress;
  const part = stepsPerEpoch ? Math.min(step / stepsPerEpoch, 0.99) : 0;
  return [
    String(slot),
    run,
    String(trial),
    maxEpochs === null ? '' : `${(Math.floor((epoch + part) * 10) / 10).toFixed(1)}/${maxEpochs}`,
    value === null ? '' : `${metric} ${value.toFixed(2)}`,
    secondsPerStep === null ? '' : secondsPerStep.toPrecision(3),
    secondsPerEpoch === null ? '' : secondsPerEpoch.toFixed(secondsPerEpoch < 10 ? 1 : 0),
    secondsLeft === null ? '' : duration(secondsLeft),
  ];
}

function failureLines({ failures }: LaunchState): string[] {
  if (failures.length === 0) return [];
  const shown = failures.slice(-FAILURES_SHOWN);
  const more = failures.length - shown.length;
  return [
    '',
    ...(more > 0 ? [`  and ${more} more that failed before`] : []),
    ...shown.map(
      ({ run, trial, last }) => `  failed ${run} trial ${trial}: ${printable(last) || 'it printed nothing'}`,
    ),
  ];
}

/** What a training printed, as text that leaves the terminal alone. */
function printable(line: string): string {
  // Of a line that was drawn again and again, as a progress bar is, the last drawing.
  const drawn = line.split('\r').findLast((part) => part.trim() !== '') ?? '';
  return stripVTControlCharacters(drawn)
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
}

/** `1:02:03`, and `3 d 4 h` from two days on. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 172_800) return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return `${hours}:${String(minutes).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
