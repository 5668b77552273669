import { defineConfig } from 'vitest/config'

// Workspace packages resolve to their source, so that a test never runs against a stale build.
const resolve = { conditions: ['@landlord/source', 'node', 'import', 'default'] }

export default defineConfig({
  resolve,
  ssr: { resolve },
  test: {
    environment: 'node',
    include: ['{packages,apps}/*/src/**/*.test.ts', 'e2e/**/*.test.ts'],
    typecheck: { enabled: false },
  },
})
