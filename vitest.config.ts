import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/cluster/**', 'test/matrix/**', 'node_modules/**'],
    // Of itself it leaves one core alone, which on two cores is half of them.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
  },
});
