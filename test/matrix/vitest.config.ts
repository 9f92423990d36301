import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Every engine × install method × namespaces × minor. Apart from `npm test`, because it takes minutes. */
export default defineConfig({
  test: {
    include: ['test/matrix/**/*.test.ts'],
    maxWorkers: availableParallelism(),
    // Most of a cell is the builds that it waits for.
    maxConcurrency: 2 * availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
