import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import manifest from '../package.json' with { type: 'json' }

const root = fileURLToPath(new URL('..', import.meta.url))
/** Tests import the package by its name and get the source of each entry that `package.json` exports. */
const alias = Object.entries(manifest.exports).flatMap(([entry, target]) =>
  typeof target === 'string'
    ? []
    : {
        find: new RegExp(`^obelus-asterisk${entry.slice(1)}$`),
        replacement: join(root, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
      },
)

export default defineConfig({
  root,
  resolve: {
    alias,
  },
  test: {
    // Half of the work is other processes' (compilers, examples), which leaves a machine of two cores idle with one worker.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'examples/testing/vitest.test.ts'],
          exclude: ['test/e2e/**'],
          // Files of one worker share their modules: to read the whole source again for each took a third of the time. What a test changes, it restores.
          isolate: false,
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/telephony/**', 'test/e2e/differential.test.ts'],
          globalSetup: ['test/e2e/asterisk/global-setup.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'differential',
          include: ['test/e2e/differential.test.ts'],
          globalSetup: ['test/e2e/asterisk/global-setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'telephony',
          include: ['test/e2e/telephony/**/*.test.ts'],
          globalSetup: ['test/e2e/telephony/global-setup.ts'],
          fileParallelism: false,
          // As many as there are offices.
          maxConcurrency: 8,
          testTimeout: 90_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
