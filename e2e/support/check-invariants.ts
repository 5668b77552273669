import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Event, LandlordClient } from '@landlord/api-contract'
import { expect } from 'vitest'

const PAGE = 500
/** The last word on an operation. */
const ENDINGS: readonly Event['type'][] = [
  'tenant.ready',
  'tenant.suspended',
  'tenant.archived',
  'tenant.deleted',
  'operation.failed',
  'operation.superseded',
]

/** Reads the whole audit trail: throws when events are doubled or out of order, or an operation ended twice or never. */
export async function expectSoundHistory(client: LandlordClient): Promise<void> {
  const events = await readEvents(client)
  const ids = events.map(({ id }) => BigInt(id))
  expect(ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? 0n))).toBe(true)
  const endings = new Map<string, string[]>()
  for (const { operation_id: operation, type } of events) {
    if (operation === undefined) continue
    const seen = endings.get(operation) ?? []
    endings.set(operation, ENDINGS.includes(type) ? [...seen, type] : seen)
  }
  expect([...endings].filter(([, ends]) => ends.length !== 1)).toEqual([])
}

async function readEvents(client: LandlordClient): Promise<Event[]> {
  const events: Event[] = []
  let cursor: string | undefined
  do {
    const { body } = await client.listEvents({
      query: { order: 'asc', limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    })
    events.push(...body.events)
    cursor = body.next_cursor
  } while (cursor !== undefined)
  return events
}

/** Throws when SQLite finds the file damaged, or rows that belong to nothing. */
export function expectSoundDatabase(file: string): void {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
    expect(database.prepare('pragma foreign_key_check').all()).toEqual([])
    expect(database.prepare('select id from operations where finished_at is null').all()).toEqual([])
  } finally {
    database.close()
  }
}

/** Throws when one of the words stands in a file below `folder` whose name `isSearched`. */
export async function expectNowhere(
  words: readonly string[],
  folder: string,
  isSearched: (path: string) => boolean,
): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(isSearched)
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const content = await readFile(file)
    for (const word of words) expect(content.includes(word), `${word} stands in ${file}`).toBe(false)
  }
}
