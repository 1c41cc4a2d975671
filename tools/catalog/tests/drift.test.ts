import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readExport } from '../src/read-export.ts';
import { renderAll } from '../src/render-all.ts';
import { renderCatalog } from '../src/render-catalog.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = 'libs/catalog/src/generated';

describe('the generated catalog', () => {
  it('is what the training library says today', async () => {
    const files = await renderAll(await readExport(root));
    const generated = [...files.keys()].filter((name) => name.startsWith(folder));
    expect(
      readdirSync(join(root, folder))
        .map((name) => `${folder}/${name}`)
        .toSorted(),
    ).toEqual(generated.toSorted());
    for (const [name, text] of files) {
      expect(readFileSync(join(root, name), 'utf8'), `${name}: run npx nx run catalog:generate`).toBe(text);
    }
  });

  it('follows a new method, with its parameters, documentation and defaults', async () => {
    const document = structuredClone(await readExport(root));
    const shape = document.runConfig.$defs?.['MixUp'];
    if (!shape) throw new Error('MixUp is gone');
    Object.assign(document.runConfig.$defs ?? {}, {
      PinkMix: {
        ...shape,
        properties: {
          ...shape.properties,
          name: { const: 'pinkmix' },
          hue: { type: 'number', minimum: 0, default: 0.5 },
        },
      },
    });
    const union = document.runConfig.properties?.['mixMode'] as { oneOf: object[] };
    union.oneOf.push({ $ref: '#/$defs/PinkMix' });
    document.methods.push({
      name: 'pinkmix',
      className: 'PinkMix',
      summary: 'Pink.',
      doc: 'Pink.',
      paper: '2601.00001',
      needs: [],
    });

    const files = await renderCatalog(document);
    expect(files.get('run-config.ts')).toContain(
      '/** Range: ≥ 0. Default: `0.5`. */\n  readonly hue?: number;',
    );
    expect(files.get('run-config.ts')).toContain('Paper: https://arxiv.org/abs/2601.00001');
    expect(files.get('run-config-schema.ts')).toContain('hue: z.number().gte(0).default(0.5)');
    expect(files.get('registry.ts')).toContain("'pinkmix'");
  });
});
