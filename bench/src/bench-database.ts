import { join } from 'node:path'
import { startTestPostgres } from '@landlord/test-postgres'

export const DATABASES = ['sqlite', 'postgres'] as const
export type DatabaseKind = (typeof DATABASES)[number]

/** An empty database for one run. */
export interface BenchDatabase {
  readonly url: string
  readonly description: string
  close(): Promise<void>
}

/** PostgreSQL's own defaults, instead of what suits tests. */
const DURABLE = { fsync: 'on', full_page_writes: 'on', shared_buffers: '128MB' }

/** On this machine, and gone when it is closed. */
export async function openBenchDatabase(kind: DatabaseKind, folder: string): Promise<BenchDatabase> {
  if (kind === 'sqlite') {
    return { url: `sqlite:${join(folder, 'scale.db')}`, description: 'SQLite, full sync', close: async () => {} }
  }
  const postgres = await startTestPostgres(DURABLE)
  if (postgres === undefined) throw new Error('PostgreSQL does not start on this machine')
  return { url: postgres.url, description: 'PostgreSQL with its defaults, fsync on', close: () => postgres.stop() }
}
