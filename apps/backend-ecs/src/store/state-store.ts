import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openCollection, type RecordCollection } from './record-collection.ts'
import type { ContainerRecord, ExecRecord, ImageRecord, NetworkRecord, VolumeRecord } from './records.ts'
import { StateStoreError } from './state-store-error.ts'

/**
 * What this backend knows, in one SQLite file: what was written survives `kill -9` and a power cut. Calls are synchronous,
 * so that reading and then writing without an `await` between them cannot be interleaved.
 */
export interface StateStore {
  readonly containers: RecordCollection<ContainerRecord>
  readonly networks: RecordCollection<NetworkRecord>
  readonly volumes: RecordCollection<VolumeRecord>
  readonly images: RecordCollection<ImageRecord>
  readonly execs: RecordCollection<ExecRecord>
  /** All of it, or nothing. `work` must not wait for anything. */
  transaction<Result>(work: () => Result): Result
  /** For what else keeps tables in the same file. */
  readonly database: DatabaseSync
  close(): void
}

/** How long opening waits for another process that has the file. */
const OPEN_TIMEOUT_MS = 2_000

/** `:memory:` keeps nothing. Throws `StateStoreError` where the folder cannot be used or another backend has it. */
export function openStateStore(dataDir: string): StateStore {
  const database = openDatabase(dataDir)
  return {
    containers: openCollection(database, 'containers', ({ id, name }: ContainerRecord) => ({ key: id, name })),
    networks: openCollection(database, 'networks', ({ id, name }: NetworkRecord) => ({ key: id, name })),
    volumes: openCollection(database, 'volumes', ({ name }: VolumeRecord) => ({ key: name, name })),
    images: openCollection(database, 'images', ({ reference }: ImageRecord) => ({ key: reference, name: reference })),
    execs: openCollection(database, 'execs', ({ id }: ExecRecord) => ({ key: id, name: id })),
    transaction(work) {
      database.exec('begin immediate')
      try {
        const result = work()
        database.exec('commit')
        return result
      } catch (error) {
        database.exec('rollback')
        throw error
      }
    },
    database,
    close: () => database.close(),
  }
}

function openDatabase(dataDir: string): DatabaseSync {
  const isKept = dataDir !== ':memory:'
  try {
    // Environments of containers are in it.
    if (isKept) mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    const database = new DatabaseSync(isKept ? join(dataDir, 'state.db') : dataDir, { timeout: OPEN_TIMEOUT_MS })
    // Exclusive: two backends on one file would each believe that they alone decide.
    database.exec('pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = full')
    database.exec('begin exclusive; commit')
    return database
  } catch (cause) {
    throw new StateStoreError({ dataDir, cause })
  }
}
