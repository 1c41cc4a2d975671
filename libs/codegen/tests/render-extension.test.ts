import type { CatalogExtension } from '@mixlab/catalog';
import { renderExtension } from '@mixlab/codegen';
import { expect, it } from 'vitest';

const extension: CatalogExtension = {
  package: 'my_pkg',
  schemaVersion: 1,
  methods: [
    {
      name: 'my_pkg:halves',
      className: 'Halves',
      summary: 'Blends.',
      doc: 'Blends.\n\nAlways */ in the same shares.',
      paper: '2601.00001',
      needs: [],
      schema: {
        type: 'object',
        properties: {
          name: { const: 'my_pkg:halves', default: 'my_pkg:halves' },
          share: { type: 'number', minimum: 0, default: 0.5, description: 'Share of the first.' },
          inner: { $ref: '#/$defs/Inner' },
        },
        required: ['inner'],
        $defs: { Inner: { type: 'object', properties: { steps: { type: 'integer', default: 1 } } } },
      },
    },
  ],
  backbones: [{ name: 'my_pkg:TinyNet', family: 'cnn' }],
  rules: [],
};

it('writes types that merge with those of the DSL, and the data', () => {
  const [types, data] = renderExtension(extension).split('const extension: CatalogExtension = ');
  expect(types).toMatchInlineSnapshot(`
    "// Generated from the Python package my_pkg by \`npx mixlab catalog --from my_pkg\`. Do not edit.

    import type { CatalogExtension } from '@mixlab/dsl';

    export interface Inner {
      /** Default: \`1\`. */
      readonly steps: number;
    }

    /** Parameters of Halves, as an author gives them. */
    export interface HalvesParams {
      /** Share of the first. Range: ≥ 0. Default: \`0.5\`. */
      readonly share?: number;
      readonly inner: Inner;
    }

    interface Methods {
      /**
       * Blends.
       *
       * Always *\\/ in the same shares.
       *
       * Paper: https://arxiv.org/abs/2601.00001
       */
      readonly halves: HalvesParams;
    }

    declare module '@mixlab/dsl' {
      interface UserMethods {
        readonly 'my_pkg': Methods;
      }

      interface UserBackbones {
        readonly 'my_pkg:TinyNet': 'cnn';
      }
    }

    "
  `);
  expect(JSON.parse(data?.split(';\n\nexport default extension;')[0] ?? '')).toEqual(extension);
});

it('imports the type of networks where a method has a field that names one', () => {
  const network = { type: 'string', 'x-backbone': true } as const;
  const teacher = { anyOf: [network, { type: 'null' }], default: null } as const;
  const methods = extension.methods.map((method) => ({
    ...method,
    schema: { ...method.schema, $defs: { Inner: { type: 'object', properties: { teacher } } } as const },
  }));
  const text = renderExtension({ ...extension, methods });
  expect(text).toContain("import type { Backbone, CatalogExtension } from '@mixlab/dsl';");
  expect(text).toContain('readonly teacher: Backbone | null;');
});
