import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^obelus-asterisk$/, replacement: source('index.ts') },
      { find: /^obelus-asterisk\/protocol$/, replacement: source('protocol.ts') },
      { find: /^obelus-asterisk\/web$/, replacement: source('web/index.ts') },
      { find: /^obelus-asterisk\/testing$/, replacement: source('testing/index.ts') },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
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
