import { createDatabase, dropDatabase } from '@landlord/test-postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTestDatabase, openTestStore, type TestDatabase } from '../../../test/test-database.ts'
import { WORKER_ACTOR } from '../../tenants/actor.ts'
import { recordEvent } from '../../tenants/record-event.ts'
import type { Store } from '../open-store.ts'
import { StoreUnavailableError } from '../store-unavailable-error.ts'
import { refuseOldPostgres } from './begin-postgres-migration.ts'

const PATIENCE = { timeout: 10_000, interval: 10 }

let database: TestDatabase
let stores: Store[]
let probe: Client

beforeAll(async () => {
  database = await createTestDatabase()
  stores = await Promise.all([database.open(), database.open(), database.open()])
  probe = new Client({ connectionString: database.url })
  await probe.connect()
})
afterAll(async () => {
  await probe.end()
  await Promise.all(stores.map((store) => store.close()))
  await database.drop()
})

const one = (): Store => stores[0] ?? expect.unreachable()

function write(store: Store, name: string): Promise<number> {
  return store.transaction((tx) =>
    recordEvent(tx, {
      type: 'tenant.updated',
      tenant: { id: name, name, generation: 1 },
      actor: WORKER_ACTOR,
      at: '2026-11-26T00:00:00.000Z',
      data: { kind: 'update' },
    }),
  )
}

/** Ends the connections of the stores; of those that wait or sleep when `state` says so. */
const terminate = (where: string) =>
  probe.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and ${where}`,
  )

describe('events of several servers that write at the same time', () => {
  it('appear in the order of their numbers: a reader who pages by them sees each once', async () => {
    const names = Array.from({ length: 600 }, (_, index) => `order-${index}`)
    const seen: string[] = []
    let last = 0
    let isWriting = true
    const read = async () => {
      const { rows } = await probe.query(
        'select seq::int, tenant_name from events where seq > $1 order by seq limit 7',
        [last],
      )
      for (const row of rows) seen.push(row.tenant_name)
      last = rows.at(-1)?.seq ?? last
      return rows.length
    }
    const reading = (async () => {
      while (isWriting || (await read()) > 0) await read()
    })()
    // A piece that fails leaves a gap in the numbers, or none; the reader does not care.
    const failing = (store: Store) =>
      store.transaction(async (tx) => {
        await recordEvent(tx, {
          type: 'tenant.updated',
          tenant: { id: 'x', name: 'x', generation: 1 },
          actor: WORKER_ACTOR,
          at: '',
        })
        throw new Error('changed my mind')
      })
    await Promise.all(
      names.map(async (name, index) => {
        const store = stores[index % stores.length] ?? one()
        if (index % 50 === 0) await expect(failing(store)).rejects.toThrow('changed my mind')
        await write(store, name)
      }),
    )
    isWriting = false
    await reading
    expect(seen.filter((name) => name.startsWith('order-')).toSorted()).toEqual(names.toSorted())
    expect(seen).not.toContain('x')
  })

  it('are told of in every server, and again after the connection that listens broke', async () => {
    const heard = new Set<string | undefined>()
    const end = stores[1]?.onCommitted((id) => void heard.add(id))
    await write(one(), 'told-1')
    await vi.waitFor(() => expect(heard).toContain('told-1'), PATIENCE)
    heard.clear()
    await terminate(`query = 'listen landlord_commits'`)
    // Connected again, it says that anything may have happened meanwhile.
    await vi.waitFor(() => expect(heard).toContain(undefined), PATIENCE)
    await write(one(), 'told-2')
    await vi.waitFor(() => expect(heard).toContain('told-2'), PATIENCE)
    end?.()
  })
})

describe('a transaction', () => {
  it('is repeated when its connection breaks before the commit', async () => {
    let attempts = 0
    await one().transaction(async (tx) => {
      attempts += 1
      await tx
        .insertInto('meta')
        .values({ key: 'broken', value: String(attempts) })
        .execute()
      if (attempts === 1) await terminate(`state = 'idle in transaction'`)
    })
    expect(attempts).toBe(2)
    expect(await one().db.selectFrom('meta').select('value').where('key', '=', 'broken').execute()).toEqual([
      { value: '2' },
    ])
  })

  it('is not repeated when the answer to its commit is lost: nobody knows whether it was made', async () => {
    let attempts = 0
    // Numbering events waits for this lock, inside the commit.
    const holder = new Client({ connectionString: database.url })
    await holder.connect()
    await holder.query('select pg_advisory_lock(7203648150114)')
    const lost = one()
      .transaction(async (tx) => {
        attempts += 1
        await recordEvent(tx, {
          type: 'tenant.updated',
          tenant: { id: 'lost', name: 'lost', generation: 1 },
          actor: WORKER_ACTOR,
          at: '',
        })
      })
      .catch((error: unknown) => error)
    await vi.waitFor(async () => {
      const { rowCount } = await terminate(`query = 'commit' and wait_event_type = 'Lock'`)
      expect(rowCount).toBe(1)
    }, PATIENCE)
    const error = await lost
    await holder.end()
    expect(error).toBeInstanceOf(StoreUnavailableError)
    expect(error).toMatchObject({ outcomeUnknown: true })
    expect(attempts).toBe(1)
  })

  it('starts over when two servers are in each other’s way', async () => {
    await one()
      .db.insertInto('meta')
      .values([
        { key: 'left', value: '0' },
        { key: 'right', value: '0' },
      ])
      .execute()
    const [first = one(), second = one()] = stores
    const met = Promise.withResolvers<void>()
    let inside = 0
    const both = (store: Store, keys: readonly string[]) =>
      store.transaction(async (tx) => {
        for (const key of keys) {
          const { value } = await tx
            .selectFrom('meta')
            .select('value')
            .where('key', '=', key)
            .forUpdate()
            .executeTakeFirstOrThrow()
          await tx
            .updateTable('meta')
            .set({ value: String(Number(value) + 1) })
            .where('key', '=', key)
            .execute()
          inside += 1
          if (inside === 2) met.resolve()
          await met.promise
        }
      })
    await Promise.all([both(first, ['left', 'right']), both(second, ['right', 'left'])])
    const rows = await one().db.selectFrom('meta').select('value').where('key', 'in', ['left', 'right']).execute()
    expect(rows).toEqual([{ value: '2' }, { value: '2' }])
  })

  it('looks again when another server made meanwhile what it had not found', async () => {
    const [first = one(), second = one()] = stores
    const looked = Promise.withResolvers<void>()
    let looks = 0
    const insertOnce = (store: Store) =>
      store.transaction(async (tx) => {
        const found = await tx.selectFrom('meta').select('key').where('key', '=', 'once').executeTakeFirst()
        looks += 1
        if (looks === 2) looked.resolve()
        await looked.promise
        if (found !== undefined) return 'found'
        await tx.insertInto('meta').values({ key: 'once', value: '' }).execute()
        return 'inserted'
      })
    expect((await Promise.all([insertOnce(first), insertOnce(second)])).toSorted()).toEqual(['found', 'inserted'])
  })
})

describe('opening', () => {
  const failure = async (url: string) => {
    const error = await openTestStore(url).catch((reason: unknown) => reason)
    expect(String(error)).not.toMatch(/secret|not%2Fa/)
    return String(error)
  }
  const changed = (change: Partial<Record<'password' | 'username' | 'pathname' | 'port' | 'search', string>>) =>
    Object.assign(new URL(database.url), change).href

  it.each([
    [{ password: 'secret-of-nobody' }, /the user or the password is wrong/],
    [{ username: 'nobody' }, /the user or the password is wrong|does not let this user in/],
    [{ pathname: '/nowhere' }, /there is no such database; create it/],
    [{ port: '1' }, /nothing listens there; start the database server/],
    [{ search: '?sslmode=require' }, /it speaks no TLS.*sslmode=disable/],
    [{ search: '?sslmode=prefer' }, /sslmode=prefer.*disable, require, verify-ca, verify-full/],
    [{ search: '?ssl=true' }, /has the parameter "ssl"; it knows sslmode/],
    [{ search: '?sslmode=verify-full&sslrootcert=/nowhere.pem' }, /sslrootcert that cannot be read/],
    [{ pathname: '' }, /names no database/],
    [{ username: '' }, /names no user/],
  ])('with %j says what is wrong and what to do', async (change, expected) => {
    expect(await failure(changed(change))).toMatch(expected)
  })

  it('says so when the URL cannot be read', async () => {
    expect(await failure('postgres://user:secret@@host:port/x')).toMatch(/percent-encoded/)
  })

  it('refuses a server that is too old', () => {
    expect(() => refuseOldPostgres('13.22 (Debian 13.22-1)')).toThrow(
      /runs PostgreSQL 13\.22 .* needs 14 or newer; upgrade/,
    )
    refuseOldPostgres('14.0')
    refuseOldPostgres('19beta1')
  })

  it('asks for a schema to make tables in', async () => {
    const url = await createDatabase(database.url)
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('drop schema public')
    await client.end()
    expect(await failure(url)).toMatch(/no schema for its tables; create one/)
    await dropDatabase(url)
  })
})
