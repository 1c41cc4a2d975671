import { backbones, methods, publishedTables, recipes } from '@mixlab/catalog';
import { describe, expect, it } from 'vitest';

describe('published tables', () => {
  it.each(publishedTables.map((table) => [`${table.experiment}, ${table.setting}`, table] as const))(
    '%s has a value or a gap for every column of every row',
    (_, table) => {
      for (const row of table.rows) expect(row.values, row.method).toHaveLength(table.columns.length);
      for (const column of table.columns) {
        expect(column.maxEpochs !== undefined || column.quantity !== undefined, column.label).toBe(true);
      }
    },
  );

  it('hold accuracies in per cent', () => {
    const accuracies = publishedTables.flatMap(({ columns, rows }) =>
      rows.flatMap(({ values }) =>
        values.filter((value, i) => value !== null && columns[i]?.quantity === undefined),
      ),
    );
    expect(accuracies.length).toBeGreaterThan(500);
    for (const value of accuracies) expect(value).toSatisfy((top1: number) => top1 > 50 && top1 < 100);
  });

  it('quote the documentation page', () => {
    const table = publishedTables.find(({ setting }) => setting === 'PyTorch-style, 100 epochs');
    const column = table?.columns.findIndex(({ backbone }) => backbone === 'resnet50') ?? -1;
    const cell = (method: string) => table?.rows.find((row) => row.method === method)?.values[column];
    expect([cell('vanilla'), cell('mixup'), cell('cutmix'), cell('deit')]).toEqual([
      76.83, 77.12, 77.17, 77.27,
    ]);
  });
});

describe('the catalog', () => {
  it('names every method of the training library once', () => {
    const names = methods.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(['vanilla', 'mixup', 'cutmix', 'deit', 'rsb', 'oneOf']));
  });

  it('names every backbone once, with its family', () => {
    expect(new Set(backbones.map(({ name }) => name)).size).toBe(backbones.length);
    for (const { family } of backbones) expect(['cnn', 'vit', 'hierarchical-vit']).toContain(family);
  });

  it('says where the numbers of each recipe are from', () => {
    for (const recipe of Object.values(recipes))
      expect(recipe.source).toMatch(/^(OpenMixup, .*\.py|Ours: .+)$/);
  });
});
