import { defineConfig } from 'vitest/config';

export default defineConfig({
  // A machine that is busy with other tests takes its time.
  test: { name: 'results', include: ['tests/**/*.test.ts'], testTimeout: 60_000 },
});
