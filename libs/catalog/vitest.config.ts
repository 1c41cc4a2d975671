import { defineConfig } from 'vitest/config';

// *.test-d.ts are tests of types: `typecheck` runs them.
export default defineConfig({
  test: { name: 'catalog', include: ['tests/**/*.test.ts'], testTimeout: 600_000, hookTimeout: 600_000 },
});
