import { mixlabSchema, recipes } from '@mixlab/catalog';
import type { Recipe } from '@mixlab/catalog';
import type { JsonObject } from '@mixlab/contracts';
import { describe, expect, it } from 'vitest';

/** Every field that a recipe sets, by dotted path. */
function settings({ values }: Recipe): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  const walk = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) found.set(path, value);
    else for (const [key, inner] of Object.entries(value)) walk(inner, path === '' ? key : `${path}.${key}`);
  };
  walk({ ...values, dataset: values.dataset?.name }, '');
  return found;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.map(shown).join(', ');
  if (typeof value !== 'number' || value === 0) return String(value);
  return value < 1e-3 ? value.toExponential() : String(Number(value.toPrecision(5)));
}

function page(all: readonly Recipe[]): string {
  const fields = [...new Set(all.flatMap((recipe) => [...settings(recipe).keys()]))].sort();
  const head = [
    `| field | ${all.map(({ name }) => name).join(' | ')} |`,
    `|---|${'---|'.repeat(all.length)}`,
  ];
  const rows = fields.map((field) => {
    const cells = all.map((recipe) => {
      const set = settings(recipe);
      return set.has(field) ? shown(set.get(field)) : '';
    });
    return `| \`${field}\` | ${cells.join(' | ')} |`;
  });
  const sources = all.map(({ name, source }) => `| ${name} | ${source} |`);
  return [...head, ...rows, '', '| recipe | its numbers are from |', '|---|---|', ...sources].join('\n');
}

const INTRODUCTION = `# Recipes

A recipe is a training setting without method and backbone. An experiment names one and changes what it likes:
\`recipe: recipes.rsbA3\`. What a recipe leaves empty is the run config's default. This page is written by
\`npx vitest run -u --root libs/catalog\`, from \`libs/catalog/src/recipes.ts\`; a test fails when it is stale.

Files are below OpenMixup's \`configs/classification\` at commit 37e1372. Where ours differ:

- **RandAugment** is timm's, in timm's notation; OpenMixup has operations of its own with the same names and ranges
  (for CIFAR-100, those of FixMatch, which timm does not have).
- **Random Erasing** fills with normal noise after normalisation, as timm does; OpenMixup's ImageNet pipelines erase
  before it, with noise of the same mean and deviation, cut off at black and white.
- **Colour jitter** of 0.4 stands in OpenMixup's configs for DeiT, but timm, which they call, leaves jitter out where
  there is RandAugment: here it is not set.
- **\`gpuBatchSize\`** is OpenMixup's images per GPU, which batch norm and mixing see. On fewer GPUs a larger share is
  taken in passes of that size, and gradients are accumulated.
- **Weight decay** spares all norms, biases, scales and positions, as the papers' own code does. OpenMixup's rules go
  by name and let some norms' weights decay: after down-sampling in ResNet-50 (\`rsb-a3\`, \`rsb-a2\`) and ConvNeXt,
  in all blocks of PVT, two in MogaNet's stem. On DeiT, Swin, EfficientNet and MobileNetV2 both spare the same.
- **Accumulation**: a step has the learning rate and the EMA's share of its first pass, OpenMixup's those of its last.
- **\`cifar-vit\`**: the drop path stands in OpenMixup's config under a name that its transformer ignores.
- **MogaNet**: OpenMixup estimates batch statistics anew after each epoch (\`PreciseBNHook\`); here they are the
  running ones.
- EfficientNet-B0 and MobileNetV2 have plain batch norm and no drop path in \`rsb-a3\` and \`rsb-a2\`: the experiment
  \`imagenet/rsb\` says so. Batch norm of EfficientNet-B0 has timm's epsilon, 1e-5; OpenMixup's has 1e-3.
`;

describe('recipes', () => {
  it('stand in the docs with all of their numbers and sources', async () => {
    await expect(`${INTRODUCTION}\n${page(Object.values(recipes))}\n`).toMatchFileSnapshot(
      '../../../docs/recipes.md',
    );
  });

  it.each(Object.values(recipes).map((recipe) => [recipe.name, recipe] as const))(
    '%s makes a valid run config',
    (_, recipe) => {
      const given = { schemaVersion: 2, backbone: 'resnet18', maxEpochs: 300, mixMode: { name: 'vanilla' } };
      expect(mixlabSchema.validate({ ...given, ...recipe.values } as JsonObject)).toHaveProperty('value');
    },
  );

  it('divide their batches among the GPUs that they were published with', () => {
    for (const { name, values } of Object.values(recipes)) {
      const most = values.runtime?.gpuBatchSize;
      if (most) expect((values.batchSize ?? 0) % most, name).toBe(0);
    }
  });
});
