import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { name: 'files', include: ['tests/**/*.test.ts'] },
});
