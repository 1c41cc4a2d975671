import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'importer', include: ['tests/**/*.test.ts'] },
});
