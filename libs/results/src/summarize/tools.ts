import { curveOf } from '../log/curve.ts';
import { fieldOf } from '../log/field.ts';
import { isLowerBetter, reduceCurve } from '../reduce/reduce-curve.ts';
import { mean, sampleStd } from '../reduce/statistics.ts';
import { average, middle, percentile, populationStd } from './numpy.ts';
import { fixed } from './python-text.ts';
import type { FoundLog, LogFolder } from './find-logs.ts';
import { trainingsOf, writtenValues } from './trainings.ts';
import type { Training } from './trainings.ts';

/** What a tool was told after PATH. */
export interface ToolArguments {
  readonly keys: readonly string[];
  /** How long the trainings are, and how many of their last epochs count. */
  readonly epochs: number;
  readonly last: number;
}

/** What is said of one experiment or log. */
export interface Said {
  /** What the original prints. */
  readonly original: readonly string[];
  /** The statistic that it documents. */
  readonly documented: string;
  /** The numbers in both. */
  readonly values: readonly SummaryValue[];
  readonly warnings: readonly string[];
}

/** What a tool makes of one key; null where there is no number. */
export interface SummaryValue {
  readonly key: string;
  /** What the original prints, unrounded. */
  readonly original: number | null;
  readonly originalStd?: number | null;
  /** The statistic that it documents. */
  readonly documented: number | null;
  /** Sample standard deviation over `n` trainings. */
  readonly std?: number | null;
  readonly n?: number;
}

/** The statistic that a tool documents. */
type Documented = Omit<Said, 'original' | 'values'> & {
  readonly numbers: readonly Omit<SummaryValue, 'key' | 'original' | 'originalStd'>[];
};

export interface SummaryTool {
  /** What follows PATH on its command line. */
  readonly takes: readonly ('epoch_num' | 'record_num' | 'key')[];
  folder(folder: LogFolder, given: ToolArguments): Said;
  file(found: FoundLog, given: ToolArguments): Said;
  readonly end?: string;
}

const STARS = '*'.repeat(100);
const AUTOMIX_KEYS = ['acc_mix_k_top1', 'acc_one_k_top1', 'acc_mix_q_top1', 'acc_one_q_top1'];
/** AutoMix's networks: the moving average, and the one that trains. */
const BRANCHES = ['k', 'q'];
const REPEATS = 3;

export const summaryTools = {
  find_val_max_3times_average: extremes('max'),
  find_classification_val_median: {
    takes: ['epoch_num', 'record_num', 'key'],
    folder: ({ name, logs }, given) => {
      const newest = logs.slice(-1);
      const medians = given.keys.map((key) => windowMedian(newest, key, given));
      const shown = given.keys.map((key, index) => `${key}=${fixed(medians[index]!, 2)}, `);
      const original = [
        STARS,
        `${name} -- median of last ${given.last}ep in ${given.epochs}ep`,
        shown.join(''),
      ];
      return said(original, given.keys, medians, documentedMedian(trainingsOf(logs), given));
    },
    file: (found, given) => {
      const window = found.log.written.filter(({ epoch }) => epoch >= given.epochs - given.last);
      const medians = given.keys.map((key) => windowMedian([found], key, given));
      const shown = given.keys.map((key, index) => `${key}: ${fixed(medians[index]!, 2)},`);
      const original = [...evaluationLines(window.slice(-5), given.keys), `Median -- ${shown.join('')}`];
      return said(original, given.keys, medians, documentedMedian(trainingsOf([found]), given));
    },
  },
  find_automix_val_median: {
    takes: ['epoch_num', 'record_num'],
    folder: ({ name, logs }, given) => {
      const medians = logs.length > 0 ? automixMedians(logs.at(-1)!, given) : [NaN, NaN];
      const original = [STARS, name, automixLine(medians)];
      return said(original, BRANCHES, medians, documentedAutomix(trainingsOf(logs), given));
    },
    file: (found, given) => {
      const lines = automixWindow(found, given).map(({ epoch, values }) => {
        const [mixK, oneK, mixQ, oneQ] = values.map((value) => fixed(value, 2));
        return `${epoch}e, mix_k_top1: ${mixK}, one_k_top1: ${oneK}, mix_q_top1: ${mixQ}, one_q_top1: ${oneQ}`;
      });
      const medians = automixMedians(found, given);
      const original = [...lines, automixLine(medians)];
      return said(original, BRANCHES, medians, documentedAutomix(trainingsOf([found]), given));
    },
    end: '\n *** finished ***',
  },
  find_regression_val_3times_average: extremes('min'),
} satisfies Record<string, SummaryTool>;

export type SummaryToolName = keyof typeof summaryTools;

/** The keys that a tool reads whatever it is told. */
export function keysOf(name: SummaryToolName, given: ToolArguments): readonly string[] {
  return name === 'find_automix_val_median' ? AUTOMIX_KEYS.slice(2) : given.keys;
}

/** The two tools that take the best of each log, and then the mean over the last three logs. */
function extremes(which: 'max' | 'min'): SummaryTool {
  const digits = which === 'max' ? 2 : 4;
  const extreme = (found: FoundLog, key: string): number => {
    const values = writtenValues(found, key);
    const outermost = values.some(Number.isNaN)
      ? NaN
      : values.reduce((a, b) => Math[which](a, b), values[0] ?? NaN);
    return (outermost + percentile(values, which === 'max' ? 99 : 1)) / 2;
  };
  return {
    takes: ['key'],
    folder: ({ name, logs }, { keys }) => {
      const newest = Array.from({ length: REPEATS }, (_, index) => logs.at(-1 - index));
      const used = newest.filter(
        (found) => found && keys.every((key) => writtenValues(found, key).length > 0),
      );
      const empty = newest.flatMap((found, index) => (used.includes(found) ? [] : [`empty json ${index}`]));
      const scores = keys.map((key) => used.map((found) => extreme(found!, key)));
      const means = scores.map(average);
      const stds = scores.map(populationStd);
      const shown = keys.map(
        (key, index) => `${key}=${fixed(means[index]!, digits)} (${fixed(stds[index]!, digits)}), `,
      );
      const numbers = used.length > 0 ? shown.join('') : '';
      const original = [...empty, STARS, name, `3 times average --- ${numbers}`];
      return said(original, keys, means, documentedBest(trainingsOf(logs), keys, which, digits), stds);
    },
    file: (found, { keys }) => {
      const scores = keys.map((key) => extreme(found, key));
      const shown = keys.map((key, index) => `${key}: ${fixed(scores[index]!, 2)},`);
      const title = which === 'max' ? 'Max' : 'Min';
      const original = [...evaluationLines(found.log.written, keys), `${title} -- ${shown.join('')}`];
      return said(original, keys, scores, documentedBest(trainingsOf([found]), keys, which, digits));
    },
  };
}

/** What a tool says of some keys, with the numbers that stand in its lines. */
function said(
  original: readonly string[],
  keys: readonly string[],
  printed: readonly number[],
  { numbers, ...documented }: Documented,
  stds?: readonly number[],
): Said {
  const values = keys.map((key, index) => ({
    key,
    original: orNull(printed[index]),
    ...(stds ? { originalStd: orNull(stds[index]) } : {}),
    ...numbers[index]!,
  }));
  return { original, ...documented, values };
}

function orNull(value: number | null | undefined): number | null {
  return Number.isFinite(value) ? value! : null;
}

function documentedBest(
  trainings: readonly Training[],
  keys: readonly string[],
  which: 'max' | 'min',
  digits: number,
): Documented {
  const newest = trainings.slice(-REPEATS);
  const warnings = newest.flatMap((training) => notNumbers(training, keys));
  const bests = keys.map((key) => {
    const lowerIsBetter = which === 'min' && isLowerBetter(key);
    const values = newest.flatMap((training) => {
      const { values } = curveOf(training, key);
      return values.length === 0
        ? []
        : [values.reduce((a, b) => (lowerIsBetter ? Math.min(a, b) : Math.max(a, b)))];
    });
    const std = sampleStd(values);
    const spread = std === null ? '' : ` ± ${fixed(std, digits)}`;
    return {
      text: `${lowerIsBetter ? 'min' : 'max'} ${key}=${fixed(mean(values), digits)}${spread} (n=${values.length})`,
      numbers: { documented: orNull(mean(values)), std, n: values.length },
    };
  });
  const shown = bests.map(({ text }) => text).join(', ');
  return {
    documented: `mean of the best, ± sample std over trainings: ${shown}`,
    numbers: bests.map(({ numbers }) => numbers),
    warnings,
  };
}

function documentedMedian(trainings: readonly Training[], given: ToolArguments): Documented {
  const newest = trainings.at(-1);
  const warnings = newest ? notNumbers(newest, given.keys) : [];
  const medians = given.keys.map((key) => {
    const found = newest ? medianOf(newest, key, given) : { value: null, warnings: [] };
    warnings.push(...found.warnings);
    return found.value ?? NaN;
  });
  return {
    ...shownMedians(given.keys, medians, given),
    warnings: [...warnings, ...older(trainings)],
  };
}

function documentedAutomix(trainings: readonly Training[], given: ToolArguments): Documented {
  const newest = trainings.at(-1);
  const warnings: string[] = [];
  const best = BRANCHES.map((branch) => {
    const medians = ['one', 'mix'].map((head) => {
      const key = `acc_${head}_${branch}_top1`;
      const there = newest?.evaluations.some((evaluation) => fieldOf(evaluation, key) !== undefined);
      // As the original: networks without a k branch have that of q.
      const found = newest && medianOf(newest, there ? key : `acc_${head}_q_top1`, given);
      warnings.push(...(found?.warnings ?? []));
      return found?.value ?? NaN;
    });
    const sound = medians.filter((value) => !Number.isNaN(value));
    return sound.length === 0 ? NaN : Math.max(...sound);
  });
  return {
    ...shownMedians(BRANCHES, best, given),
    warnings: [...new Set(warnings), ...older(trainings)],
  };
}

function shownMedians(
  names: readonly string[],
  medians: readonly number[],
  given: ToolArguments,
): Pick<Documented, 'documented' | 'numbers'> {
  const shown = names.map((name, index) => `${name}=${fixed(medians[index]!, 2)}`);
  return {
    documented: `${windowWords(given)}: ${shown.join(', ')}`,
    numbers: medians.map((median) => ({ documented: orNull(median) })),
  };
}

function medianOf(training: Training, key: string, { epochs, last }: ToolArguments) {
  const report = { reducer: 'medianOfLast', epochs: last, metric: key } as const;
  const reduced = reduceCurve(curveOf(training, key), report, epochs);
  const none = `no ${key} in the last ${last} epochs up to ${epochs}`;
  return reduced.value === null ? { value: null, warnings: [none] } : reduced;
}

function windowWords({ epochs, last }: ToolArguments): string {
  return `median of epochs ${Math.max(1, epochs - last + 1)} to ${epochs}`;
}

function notNumbers(training: Training, keys: readonly string[]): string[] {
  return keys.flatMap((key) => {
    const { withoutNumber, values } = curveOf(training, key);
    if (withoutNumber.length === 0 || values.length === 0) return [];
    const shown = withoutNumber.slice(0, 5).join(', ');
    return [
      `${key} is not a number at epoch ${shown}${withoutNumber.length > 5 ? ', …' : ''}, left out below`,
    ];
  });
}

function older(trainings: readonly Training[]): string[] {
  const names = trainings.slice(0, -1).map(({ logs }) => logs.map(({ name }) => name).join(' and '));
  return names.length === 0 ? [] : [`only the newest training counts; left out: ${names.join(', ')}`];
}

/** The original's window begins an epoch too early. */
function windowMedian(logs: readonly FoundLog[], key: string, { epochs, last }: ToolArguments): number {
  return middle(logs.flatMap((found) => writtenValues(found, key, epochs - last)));
}

function evaluationLines(evaluations: FoundLog['log']['written'], keys: readonly string[]): string[] {
  return evaluations.map((evaluation) => {
    const shown = keys.flatMap((key) => {
      const value = fieldOf(evaluation, key);
      return value === undefined ? [] : [`${key}: ${fixed(value, 2)}, `];
    });
    return `${evaluation.epoch}e, ${shown.join('')}`;
  });
}

/** Evaluations of the original's window, with the values of `AUTOMIX_KEYS`. */
function automixWindow(
  { log }: FoundLog,
  { epochs, last }: ToolArguments,
): { epoch: number; values: number[] }[] {
  const first = epochs - last - (last < 10 ? 0 : 1);
  return log.written.flatMap((evaluation) => {
    const [mixK, oneK, mixQ, oneQ] = AUTOMIX_KEYS.map((key) => fieldOf(evaluation, key));
    if (evaluation.epoch < first || mixQ === undefined || oneQ === undefined) return [];
    return [{ epoch: evaluation.epoch, values: [mixK ?? mixQ, oneK ?? oneQ, mixQ, oneQ] }];
  });
}

function automixLine([k, q]: readonly number[]): string {
  return `k=${fixed(k!, 2)}, q=${fixed(q!, 2)}`;
}

/** Of both networks. The original leaves the last evaluation out where the best of its medians is higher so, or NaN. */
function automixMedians(found: FoundLog, given: ToolArguments): number[] {
  const window = automixWindow(found, given);
  const medians = (count: number) =>
    [0, 1, 2, 3].map((key) => middle(window.slice(0, count).map(({ values }) => values[key]!)));
  const all = medians(window.length);
  const butLast = medians(window.length - 1);
  const higher =
    window.length > 0 && (butLast.some(Number.isNaN) || Math.max(...butLast) >= Math.max(...all));
  const [mixK, oneK, mixQ, oneQ] = (higher ? butLast : all) as [number, number, number, number];
  return [Math.max(oneK, mixK), Math.max(oneQ, mixQ)];
}
