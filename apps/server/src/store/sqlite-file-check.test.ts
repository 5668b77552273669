import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it, onTestFinished } from 'vitest'
import { checkSqliteFile } from './sqlite-file-check.ts'

it('checkSqliteFile tells of a file that is damaged', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'landlord-check-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'landlord.db')
  const database = new DatabaseSync(file)
  database.exec('create table t (a text, b text); create index i on t (b); begin')
  const insert = database.prepare('insert into t values (?, ?)')
  for (let row = 0; row < 2000; row += 1) insert.run(`a${row}`, `b${row}`)
  database.exec('commit')
  database.close()
  expect(await checkSqliteFile(file)).toEqual([])
  const bytes = readFileSync(file)
  bytes.fill(0xff, 4096 * 3, 4096 * 5)
  writeFileSync(file, bytes)
  expect((await checkSqliteFile(file)).length).toBeGreaterThan(0)
})
