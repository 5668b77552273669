import { startTestPostgres } from '@landlord/test-postgres'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where PostgreSQL does not start. */
    postgresUrl: string | undefined
  }
}

/** One PostgreSQL for all files of the project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres()
  project.provide('postgresUrl', postgres?.url)
  return async () => await postgres?.stop()
}
