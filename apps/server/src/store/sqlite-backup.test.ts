import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { backupSqlite } from './backup-sqlite.ts'
import { openSqliteDatabase } from './sqlite-database.ts'
import { StoreError } from './store-error.ts'

let folder: string
let source: string
const place = (name: string) => join(folder, name)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-backup-'))
  source = place('landlord.db')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** Open, as a server has it: what was committed last is in the log beside the file. */
function openSource() {
  const database = openSqliteDatabase(source)
  const run = (sql: string) => database.prepare(sql).run([])
  run('create table t (a)')
  run('insert into t values (1)')
  return { run, close: () => database.close() }
}

function rowsOf(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true })
  const row = database.prepare('select count(*) as n from t').get()
  database.close()
  return Number(row?.n)
}

it('copies one moment of a database that is in use, for its owner only', async () => {
  const { run, close } = openSource()
  run('begin immediate')
  run('insert into t values (2)')
  const { file, bytes } = await backupSqlite(source, place('backup.db'))
  run('commit')
  close()
  expect(rowsOf(file)).toBe(1)
  expect(statSync(file).size).toBe(bytes)
  expect(statSync(file).mode & 0o077).toBe(0)
  expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db'])
})

it('never writes over a file, and leaves nothing behind', async () => {
  openSource().close()
  writeFileSync(place('backup.db'), 'precious')
  await expect(backupSqlite(source, place('backup.db'))).rejects.toThrow(/backup\.db exists; choose another name/)
  await expect(backupSqlite(source, place('no/such/folder.db'))).rejects.toBeInstanceOf(StoreError)
  await expect(backupSqlite(place('nothing.db'), place('other.db'))).rejects.toThrow(/ENOENT/)
  expect(statSync(place('backup.db')).size).toBe('precious'.length)
  expect(readdirSync(folder).filter((name) => name.includes('partial') || name.startsWith('other'))).toEqual([])
})

it('refuses to call a copy of a damaged database a backup', async () => {
  const { run, close } = openSource()
  run(
    'with recursive n (a) as (select 1 union all select a + 1 from n limit 5000) insert into t select hex(a * a) from n',
  )
  run('create index i on t (a)')
  run('pragma wal_checkpoint(truncate)')
  close()
  const bytes = readFileSync(source)
  bytes.fill(0xff, bytes.length - 8192, bytes.length - 4096)
  writeFileSync(source, bytes)
  await expect(backupSqlite(source, place('backup.db'))).rejects.toThrow(/no backup was made of .*landlord\.db/)
  expect(readdirSync(folder)).not.toContain('backup.db')
})
