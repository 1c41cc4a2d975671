import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

/** Which libraries a library may import, by scope; apps and tools compose them all. */
const libraries = {
  contracts: [],
  catalog: ['contracts'],
  codegen: ['catalog', 'contracts'],
  dsl: ['catalog', 'contracts'],
  plan: ['contracts', 'dsl'],
  engines: ['plan', 'catalog', 'contracts'],
  files: [],
  writer: ['contracts', 'files'],
  importer: ['contracts', 'catalog'],
  authoring: ['contracts', 'catalog', 'dsl', 'plan'],
  results: ['contracts', 'catalog', 'files'],
  plots: ['contracts', 'results'],
  launch: ['contracts', 'files'],
  configs: ['dsl'],
};

const depConstraints = [
  ...Object.entries(libraries).map(([name, allowed]) => ({
    sourceTag: `scope:${name}`,
    onlyDependOnLibsWithTags: [name, ...allowed].map((scope) => `scope:${scope}`),
  })),
  ...['type:app', 'type:tool'].map((sourceTag) => ({ sourceTag, onlyDependOnLibsWithTags: ['*'] })),
];

const outsideWorld = [
  'fs',
  'fs/promises',
  'child_process',
  'process',
  'os',
  'worker_threads',
  'net',
  'http',
].flatMap((name) => [name, `node:${name}`]);

// One way of starting processes.
const processes = ['child_process', 'node:child_process'].map((name) => ({
  name,
  message: 'execa starts processes.',
}));

export default tseslint.config(
  {
    ignores: [
      '**/generated/**',
      '**/tests/fixtures/**',
      'libs/training/tests/data',
      '**/*.mjs',
      'work_dirs',
      '.venv',
      '.nx',
      '.mixlab',
      'reports',
    ],
  },
  ...tseslint.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    plugins: { '@nx': nx },
    languageOptions: { parser: tseslint.parser },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          enforceBuildableLibDependency: false,
          depConstraints,
          allowCircularSelfDependency: true,
        },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      eqeqeq: 'error',
      'no-restricted-imports': ['error', { paths: processes }],
    },
  },
  {
    files: ['libs/{contracts,catalog,codegen,dsl,plan,engines}/src/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: outsideWorld.map((name) => ({ name, message: 'This library is pure.' })) },
      ],
      'no-restricted-globals': ['error', { name: 'process', message: 'This library is pure.' }],
    },
  },
  prettier,
);
