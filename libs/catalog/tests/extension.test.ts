import { type CatalogExtension, extendMixlabSchema } from '@mixlab/catalog';
import type { ConfigIssue, JsonObject, JsonValue } from '@mixlab/contracts';
import { describe, expect, it } from 'vitest';

/** A method of another package: a share, and a nested setting of a class that both packages call `Grid`. */
function extension(name: string, share: number): CatalogExtension {
  return {
    package: name,
    schemaVersion: 1,
    methods: [
      {
        name: `${name}:halves`,
        className: 'Halves',
        summary: 'Blends.',
        doc: 'Blends.',
        paper: 'none',
        needs: [],
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: {
            name: { type: 'string', const: `${name}:halves`, default: `${name}:halves` },
            share: { type: 'number', exclusiveMinimum: 0, maximum: 1, default: share },
            limit: { anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }], default: null },
            grid: { $ref: '#/$defs/Grid', default: { cells: share * 10 } },
          },
          $defs: {
            Grid: {
              type: 'object',
              additionalProperties: false,
              properties: { cells: { type: 'integer', default: share * 10 } },
            },
          },
        },
      },
    ],
    backbones: [{ name: `${name}:TinyNet`, family: 'cnn' }],
    rules: [
      {
        kind: 'compare',
        code: 'cells-limit',
        message: 'more cells than the limit',
        when: [{ path: 'mixMode.name', equals: `${name}:halves` }],
        left: 'mixMode.grid.cells',
        op: '<=',
        right: 'mixMode.limit',
      },
    ],
  };
}

const schema = extendMixlabSchema([extension('one', 0.5), extension('two', 0.2)]);

function validate(mixMode: JsonValue, backbone = 'one:TinyNet') {
  const dataset = { name: 'birds', classes: 200, size: 224 };
  return schema.validate({ schemaVersion: 2, dataset, backbone, mixMode, maxEpochs: 1, batchSize: 8 });
}

function issues(mixMode: JsonObject, backbone?: string): readonly ConfigIssue[] {
  const result = validate(mixMode, backbone);
  return 'issues' in result ? result.issues : [];
}

describe('the schema of run configs with two more packages', () => {
  it("fills in each package's own defaults, in a mixture too", () => {
    const method = (name: string) => ({ method: { name }, probability: 0.5 });
    const result = validate({ name: 'oneOf', choices: [method('one:halves'), method('two:halves')] });
    expect('value' in result && result.value.mixMode).toEqual({
      name: 'oneOf',
      choices: [
        { method: { name: 'one:halves', share: 0.5, limit: null, grid: { cells: 5 } }, probability: 0.5 },
        { method: { name: 'two:halves', share: 0.2, limit: null, grid: { cells: 2 } }, probability: 0.5 },
      ],
    });
  });

  it.each<[string, JsonObject, string | undefined, Partial<ConfigIssue>]>([
    ['a method', { name: 'one:halvs' }, undefined, { path: 'mixMode.name', nearest: 'one:halves' }],
    ['a parameter', { name: 'one:halves', shar: 1 }, undefined, { path: 'mixMode.shar', nearest: 'share' }],
    [
      'a value',
      { name: 'one:halves', share: 2 },
      undefined,
      { path: 'mixMode.share', expected: 'at most 1' },
    ],
    [
      'a nested value',
      { name: 'two:halves', grid: { cells: 0.5 } },
      undefined,
      { path: 'mixMode.grid.cells' },
    ],
    ['a network', { name: 'vanilla' }, 'one:TinyNt', { path: 'backbone', nearest: 'one:TinyNet' }],
  ])('refuses %s', (_, mixMode, backbone, issue) => {
    expect(issues(mixMode, backbone)).toEqual([expect.objectContaining(issue)]);
  });

  it("keeps the packages' rules", () => {
    expect(issues({ name: 'one:halves', limit: 5 })).toEqual([]);
    expect(issues({ name: 'one:halves', limit: 4 })).toEqual([
      expect.objectContaining({ code: 'cells-limit', path: 'mixMode.grid.cells' }),
    ]);
  });
});
