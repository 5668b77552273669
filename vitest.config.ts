import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './scripts/closing-line-reporter.ts'

// Workspace packages resolve to their source, so that a test never runs against a stale build.
const resolve = { conditions: ['@landlord/source', 'node', 'import', 'default'] }
const shared = { resolve, ssr: { resolve } }

export default defineConfig({
  ...shared,
  test: {
    reporters: ['default', new ClosingLineReporter()],
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{packages,apps}/*/src/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        // Whole processes, killed and restarted: one file at a time, or they starve each other on a small machine.
        test: {
          name: 'e2e',
          environment: 'node',
          include: ['e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
