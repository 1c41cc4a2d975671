import type { ConfigIssue } from '@mixlab/contracts';
import type { RunConfig } from './generated/run-config.ts';
import { oneSizeModels } from './generated/timm-models.ts';

const takeOneSize: ReadonlySet<string> = new Set(oneSizeModels);

/** Why a backbone refuses the images of a run: one that is built for a size takes the same in training and test. */
export function refusedImages({
  backbone,
  dataset,
  inputs,
}: Pick<RunConfig, 'backbone' | 'dataset' | 'inputs'>): readonly ConfigIssue[] {
  const train = inputs.trainSize ?? dataset.size;
  const test = inputs.testSize ?? dataset.size;
  if (!takeOneSize.has(backbone)) return [];
  if (train !== test) {
    return [
      {
        code: 'two-image-sizes',
        message: `${backbone} takes images of one size, but trains on ${train} pixels and is tested on ${test}`,
        path: 'inputs.testSize',
        expected: String(train),
        got: String(test),
      },
    ];
  }
  const patch = Number(/_patch(\d+)_/.exec(backbone)?.[1] ?? 1);
  if (train >= patch) return [];
  return [
    {
      code: 'small-images',
      message: `${backbone} takes images of a whole patch at least`,
      path: inputs.trainSize === null ? 'dataset.size' : 'inputs.trainSize',
      expected: `at least ${patch} pixels`,
      got: String(train),
    },
  ];
}
