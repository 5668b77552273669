import { createDatabase, startTestPostgres } from '@landlord/test-postgres'
import type { TestProject } from 'vitest/node'
import { openTestStore } from './test-database.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Undefined where PostgreSQL does not start. */
    postgresUrl: string | undefined
  }
}

/** One PostgreSQL for all files of the project. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres()
  project.provide('postgresUrl', postgres === undefined ? undefined : await makeTemplate(postgres.url))
  return async () => await postgres?.stop()
}

/** Migrated, but without an installation: each copy gets an id of its own. */
async function makeTemplate(url: string): Promise<string> {
  const template = await createDatabase(url)
  const store = await openTestStore(template)
  await store.db.deleteFrom('meta').execute()
  await store.close()
  return template
}
