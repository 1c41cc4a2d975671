import type { ConfigIssue } from '@mixlab/contracts';
import type { RunConfig } from './generated/run-config.ts';
import { oneSizeModels } from './generated/timm-models.ts';

const takeOneSize: ReadonlySet<string> = new Set(oneSizeModels);

/** Networks that have nothing left of smaller images where they end: least side in pixels, as timm's own fail below it. */
const LEAST: readonly (readonly [names: RegExp, pixels: number])[] = [
  [/^convnext(v2)?_(?!.*_ols)/, 32],
  [/^pvt_(tiny|small)$/, 32],
  [/^twins_/, 32],
  [/^vgg\d/, 32],
  [/^densenet/, 29],
  [/^inception_v[34]/, 75],
];

/** Networks that cut images into equal parts: what the side has to be a multiple of. */
const MULTIPLE: readonly (readonly [names: RegExp, pixels: number | undefined])[] = [
  [/^xcit_.*_p(\d+)_/, undefined],
  [/^(maxvit|maxxvit|maxxvitv2|coatnet|coatnext)_.*_rw_/, 32],
];

/** Why a backbone refuses the images of a run, in training or in test. */
export function refusedImages(config: ImageConfig): readonly ConfigIssue[] {
  const oneSize = refusedByOneSize(config);
  if (oneSize.length > 0) return oneSize;
  const { dataset, inputs } = config;
  const sizes = new Map([
    [inputs.trainSize === null ? 'dataset.size' : 'inputs.trainSize', inputs.trainSize ?? dataset.size],
    [inputs.testSize === null ? 'dataset.size' : 'inputs.testSize', inputs.testSize ?? dataset.size],
  ]);
  return [...sizes].flatMap(([path, size]) => refusedSize(config.backbone, path, size));
}

type ImageConfig = Pick<RunConfig, 'backbone' | 'dataset' | 'inputs'>;

function refusedSize(backbone: string, path: string, size: number): readonly ConfigIssue[] {
  const least = LEAST.find(([names]) => names.test(backbone))?.[1] ?? 1;
  const got = String(size);
  if (size < least) {
    const message = `${backbone} has nothing left of so small images`;
    return [{ code: 'small-images', message, path, expected: `at least ${least} pixels`, got }];
  }
  const [names, pixels] = MULTIPLE.find(([names]) => names.test(backbone)) ?? [];
  const part = pixels ?? Number(names?.exec(backbone)?.[1] ?? 1);
  if (size % part === 0) return [];
  const message = `${backbone} cuts images into equal parts`;
  return [{ code: 'uneven-images', message, path, expected: `a multiple of ${part} pixels`, got }];
}

/** One that is built for a size takes the same in training and test, of a whole patch at least. */
function refusedByOneSize({ backbone, dataset, inputs }: ImageConfig): readonly ConfigIssue[] {
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
