import type { Measure } from './measure.ts';
import { differences, sameImages, unlikeness } from './work.ts';
import type { Work } from './work.ts';

/** A kind of work that was measured. */
export interface MeasuredWork extends Measure {
  readonly work: Work;
}

/** How long one kind of work takes, in seconds, and what that rests on. */
export interface Estimate {
  readonly secondsPerStep: number;
  readonly stepsPerEpoch: number;
  /** 0 where nothing tells; an assumption says so. */
  readonly secondsPerEvaluation: number;
  /** In words; empty where just this was measured. */
  readonly assumptions: readonly string[];
}

const PATHS_SHOWN = 4;

/**
 * The time of a kind of work on `ranks` GPUs, from what was measured on one device: from the same work, else from the
 * work of the same network on images of the same size that is most like it. Undefined where there is none.
 */
export function estimate(work: Work, ranks: number, measured: readonly MeasuredWork[]): Estimate | undefined {
  const [nearest] = measured
    .flatMap((each) => {
      const far = unlikeness(work, each.work);
      return far === undefined ? [] : [{ each, far: far + (each.ranks === ranks ? 0 : 0.5) }];
    })
    .sort((a, b) => a.far - b.far || b.each.at - a.each.at);
  if (nearest === undefined) return undefined;
  const { each } = nearest;
  const images = imagesPerEpoch(work, each, measured);
  if (images === undefined) return undefined;
  const evaluation = evaluationSeconds(work, each, measured);
  return {
    secondsPerStep: (each.secondsPerStep * each.ranks * work.batchSize) / (each.work.batchSize * ranks),
    stepsPerEpoch: Math.max(1, Math.floor(images / work.batchSize)),
    secondsPerEvaluation: ((evaluation?.seconds ?? 0) * (evaluation?.ranks ?? ranks)) / ranks,
    assumptions: [
      ...replacements(work, each.work),
      ...(each.ranks === ranks
        ? []
        : [
            `${each.work.label} was measured on ${gpus(each.ranks)}: on ${gpus(ranks)} it goes ${factor(ranks / each.ranks)}`,
          ]),
      ...(evaluation ? [] : [`how long ${work.label} is evaluated is not known: 0 is taken`]),
    ],
  };
}

/** Those of the nearest work, or of another with the same images. */
function imagesPerEpoch(
  work: Work,
  nearest: MeasuredWork,
  measured: readonly MeasuredWork[],
): number | undefined {
  const source = [nearest, ...measured].find((each) => sameImages(work, each.work));
  return source && source.stepsPerEpoch * source.work.batchSize;
}

function evaluationSeconds(
  work: Work,
  nearest: MeasuredWork,
  measured: readonly MeasuredWork[],
): { readonly seconds: number; readonly ranks: number } | undefined {
  const source = [nearest, ...measured].find(
    (each) =>
      each.secondsPerEvaluation !== null &&
      sameImages(work, each.work) &&
      unlikeness(work, each.work) !== undefined,
  );
  return source && { seconds: source.secondsPerEvaluation!, ranks: source.ranks };
}

function replacements(work: Work, taken: Work): string[] {
  if (work.key === taken.key) return [];
  const paths = differences(work, taken).filter((path) => path !== 'mixMode.name');
  const shown = `${paths.slice(0, PATHS_SHOWN).join(', ')}${paths.length > PATHS_SHOWN ? ', …' : ''}`;
  const others = paths.length > 0 ? ` with another ${shown}` : '';
  const scaled = work.batchSize === taken.batchSize ? '' : ', by the images of a step';
  return [`${work.label} was not measured so: ${taken.label}${others} is taken${scaled}`];
}

function gpus(ranks: number): string {
  return ranks === 1 ? '1 GPU' : `${ranks} GPUs`;
}

function factor(ratio: number): string {
  return ratio > 1
    ? `${Number(ratio.toFixed(2))} times as fast`
    : `1/${Number((1 / ratio).toFixed(2))} as fast`;
}
