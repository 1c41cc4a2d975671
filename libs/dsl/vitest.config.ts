import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    name: 'dsl',
    include: ['tests/**/*.test.ts'],
    typecheck: { enabled: true, include: ['tests/**/*.test-d.ts'] },
  },
});
