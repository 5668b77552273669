import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type LatencySummary, measure } from './latency.ts'

/** What the disk allows: single-row inserts, each a transaction of its own with full sync, as the store commits. */
export async function measureCommits(folder: string, count: number): Promise<LatencySummary> {
  const database = new DatabaseSync(join(folder, 'floor.db'))
  database.exec(
    'pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, body text)',
  )
  const insert = database.prepare('insert into t (body) values (?)')
  const body = 'x'.repeat(1024)
  const summary = await measure(count, 1, async () => insert.run(body))
  database.close()
  return summary
}

/** What the machine allows: a POST that a bare node:http server answers at once. */
export async function measureRequests(count: number, concurrency: number): Promise<LatencySummary> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(201, { 'content-type': 'application/json' }).end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const body = JSON.stringify({ name: 'floor', compute_config: {} })
  const summary = await measure(count, concurrency, async () => {
    const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    await response.text()
  })
  server.close()
  return summary
}
