import { defineConfig } from 'vitest/config';

/** Two tiers: `unit` needs no server and runs in seconds; `services` runs on real Kafka and InfluxDB, one of each for the whole run. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/**/*.test.ts', 'tests/**/*.property.test.ts'],
          exclude: [
            'tests/**/*.broker.test.ts',
            'tests/**/*.influx.test.ts',
            'tests/integrity/**',
            'tests/end-to-end/**',
          ],
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'services',
          include: [
            'tests/**/*.broker.test.ts',
            'tests/**/*.influx.test.ts',
            'tests/integrity/**/*.test.ts',
            'tests/end-to-end/**/*.test.ts',
          ],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // One broker and two cores are shared by every file: running files side by side would only measure contention.
          fileParallelism: false,
        },
      },
    ],
  },
});
