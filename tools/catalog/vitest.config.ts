import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'catalog-codegen', include: ['tests/**/*.test.ts'], testTimeout: 60_000 },
});
