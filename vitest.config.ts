import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './scripts/closing-line-reporter.ts'

// Workspace packages resolve to their source, so that a test never runs against a stale build.
const resolve = { conditions: ['@landlord/source', 'node'] }
const shared = { resolve, ssr: { resolve } }

const POSTGRES_ONLY = 'apps/server/src/store/postgres/**'
/** And what opens no database at all. */
const SQLITE_ONLY = [
  'apps/server/src/store/sqlite-*.test.ts',
  'apps/server/src/{diagnosis,metrics}/*.test.ts',
  'apps/server/src/backup-command.test.ts',
  'apps/server/src/{main,ecs-without-aws}.test.ts',
  'apps/server/src/http/*.test.ts',
  'apps/server/src/tenants/{parse-label-selector,tenant-transitions,wait-for-tenant}.test.ts',
  'apps/server/src/webhooks/{network-guard,retry-schedule,webhook-docs}.test.ts',
  'apps/server/src/workflow/triggers.test.ts',
  'apps/server/src/access/{api-token,check-exposure,oidc-verifier,sample-refusals}.test.ts',
  'apps/server/src/http/tls-files.test.ts',
]

const WORKERS_AT_LEAST = 3

export default defineConfig({
  ...shared,
  test: {
    reporters: ['default', new ClosingLineReporter()],
    // Most tests wait: for engines, processes, and emulated clocks.
    maxWorkers: Math.max(WORKERS_AT_LEAST, availableParallelism()),
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          environment: 'node',
          include: ['{packages,apps}/*/src/**/*.test.ts'],
          exclude: [POSTGRES_ONLY],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        // The server once more, on the other database.
        test: {
          name: 'unit-postgres',
          environment: 'node',
          include: ['apps/server/src/**/*.test.ts'],
          exclude: SQLITE_ONLY,
          globalSetup: ['apps/server/test/start-postgres.ts'],
          setupFiles: ['apps/server/test/use-postgres.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        // After all tests of the server, in the same run: what they have used of the API.
        test: {
          name: 'api-coverage',
          environment: 'node',
          include: ['apps/server/test/api-coverage/*.test.ts'],
          globalSetup: ['apps/server/test/api-coverage/recordings.ts'],
          sequence: { groupOrder: 1 },
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
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
