import { randomUUID } from 'node:crypto'
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite'
import type { MockResource, MockResourceKind, MockService } from './mock-resource.ts'

/** The simulated target as the provider sees it. Every call is one atomic step, also between processes. */
export interface MockTarget {
  find(kind: MockResourceKind, name: string): MockResource | undefined
  list(): MockResource[]
  /** Returns undefined, and changes nothing, when the name is taken. */
  create(resource: Omit<MockResource, 'id'>): MockResource | undefined
  putService(name: string, service: MockService): void
  remove(kind: MockResourceKind, name: string): boolean
  /** Another name and other labels; what runs does not notice. False when the new name is taken. */
  take(resource: MockResource, as: { readonly name: string; readonly labels: MockResource['labels'] }): boolean
  appendLog(name: string, at: Date, text: string): void
  logsAfter(name: string, sequence: number): MockLogRow[]
  countCall(operation: string, tenantId: string): void
  /** Uses up one of `times`; false when none is left. The target remembers, not the process. */
  takeOnce(key: string, times: number): boolean
  calls(tenantId: string | undefined): Record<string, number>
  /** Runs several steps as one; inside another such call they are part of it. */
  atomically<Result>(steps: () => Result): Result
  close(): void
}

export interface MockLogRow {
  readonly sequence: number
  readonly at: string
  readonly text: string
}

// OFF with a write-ahead log survives the death of the process; only the machine's death could cost the last writes.
const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = OFF;
  PRAGMA busy_timeout = 10000;
  CREATE TABLE IF NOT EXISTS resources (
    kind TEXT NOT NULL, name TEXT NOT NULL, id TEXT NOT NULL, labels TEXT NOT NULL, created_at TEXT NOT NULL, service TEXT,
    PRIMARY KEY (kind, name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS logs (
    sequence INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS logs_by_name ON logs (name, sequence);
  CREATE TABLE IF NOT EXISTS calls (
    operation TEXT NOT NULL, tenant_id TEXT NOT NULL, times INTEGER NOT NULL,
    PRIMARY KEY (operation, tenant_id)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS used (key TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT;
`

/** `file` is made where it is missing; `:memory:` keeps the target in this process. */
export function openMockTarget(file: string): MockTarget {
  const database = new DatabaseSync(file)
  database.exec(SCHEMA)
  return { ...resourceCalls(database), ...logCalls(database), ...counterCalls(database), ...wholeCalls(database) }
}

function resourceCalls(
  database: DatabaseSync,
): Pick<MockTarget, 'find' | 'list' | 'create' | 'putService' | 'remove' | 'take'> {
  const find = database.prepare('SELECT * FROM resources WHERE kind = ? AND name = ?')
  const list = database.prepare('SELECT * FROM resources ORDER BY name, kind')
  const insert = database.prepare('INSERT INTO resources VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
  const put = database.prepare("UPDATE resources SET service = ? WHERE kind = 'service' AND name = ?")
  const take = database.prepare('UPDATE OR IGNORE resources SET name = ?, labels = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM resources WHERE kind = ? AND name = ?')
  return {
    find(kind, name) {
      const row = find.get(kind, name)
      return row === undefined ? undefined : toResource(row)
    },
    list: () => list.all().map(toResource),
    create(resource) {
      const { kind, name, labels, createdAt, service } = resource
      const id = `${kind}-${randomUUID()}`
      const body = service === undefined ? null : JSON.stringify(service)
      const { changes } = insert.run(kind, name, id, JSON.stringify(labels), createdAt, body)
      return changes === 0 ? undefined : { ...resource, id }
    },
    putService: (name, service) => void put.run(JSON.stringify(service), name),
    take: ({ id }, { name, labels }) => take.run(name, JSON.stringify(labels), id).changes !== 0,
    remove: (kind, name) => remove.run(kind, name).changes !== 0,
  }
}

function logCalls(database: DatabaseSync): Pick<MockTarget, 'appendLog' | 'logsAfter'> {
  const append = database.prepare('INSERT INTO logs (name, at, text) VALUES (?, ?, ?)')
  const after = database.prepare(
    'SELECT sequence, at, text FROM logs WHERE name = ? AND sequence > ? ORDER BY sequence',
  )
  return {
    appendLog: (name, at, text) => void append.run(name, at.toISOString(), text),
    logsAfter: (name, sequence) =>
      after
        .all(name, sequence)
        .map((row) => ({ sequence: Number(row.sequence), at: String(row.at), text: String(row.text) })),
  }
}

function counterCalls(database: DatabaseSync): Pick<MockTarget, 'countCall' | 'takeOnce' | 'calls'> {
  const count = database.prepare(
    'INSERT INTO calls VALUES (?, ?, 1) ON CONFLICT (operation, tenant_id) DO UPDATE SET times = times + 1',
  )
  const take = database.prepare(
    'INSERT INTO used VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET times = times + 1 WHERE times < ?',
  )
  const calls = database.prepare(
    'SELECT operation, sum(times) AS times FROM calls WHERE ?1 IS NULL OR tenant_id = ?1 GROUP BY operation',
  )
  return {
    countCall: (operation, tenantId) => void count.run(operation, tenantId),
    takeOnce: (key, times) => take.run(key, times).changes !== 0,
    calls: (tenantId) =>
      Object.fromEntries(calls.all(tenantId ?? null).map((row) => [String(row.operation), Number(row.times)])),
  }
}

function wholeCalls(database: DatabaseSync): Pick<MockTarget, 'atomically' | 'close'> {
  let inside = false
  return {
    atomically(steps) {
      if (inside) return steps()
      database.exec('BEGIN IMMEDIATE')
      inside = true
      try {
        const result = steps()
        database.exec('COMMIT')
        return result
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      } finally {
        inside = false
      }
    },
    close: () => database.close(),
  }
}

function toResource(row: Record<string, SQLOutputValue>): MockResource {
  return {
    kind: row.kind === 'network' ? 'network' : 'service',
    name: String(row.name),
    id: String(row.id),
    labels: JSON.parse(String(row.labels)) as Record<string, string>,
    createdAt: String(row.created_at),
    ...(row.service === null ? {} : { service: JSON.parse(String(row.service)) as MockService }),
  }
}
