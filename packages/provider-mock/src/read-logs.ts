import type { LogLine, ReadLogsOptions } from '@landlord/compute-core'
import { findService, tenantNotFound } from './find-service.ts'
import type { MockClient } from './mock-client.ts'
import type { MockLogRow } from './mock-target.ts'

// Short enough for a person who watches, long enough to cost nothing.
const FOLLOW_INTERVAL_MS = 100

export async function* readLogs(client: MockClient, options: ReadLogsOptions): AsyncGenerator<LogLine> {
  const { target, name } = client
  const rows = await client.call('read_logs', options, () => {
    if (findService(client) === undefined) throw tenantNotFound(client)
    return target.logsAfter(name, 0)
  })
  let last = rows.at(-1)?.sequence ?? 0
  const { tail, since } = options
  const after = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since)
  const recent = rows.filter((row) => Date.parse(row.at) > after)
  for (const row of tail === undefined ? recent : recent.slice(Math.max(0, recent.length - tail))) yield toLine(row)

  while (options.follow === true) {
    await client.sleep(FOLLOW_INTERVAL_MS, options.signal)
    for (const row of target.logsAfter(name, last)) {
      last = row.sequence
      yield toLine(row)
    }
  }

  function toLine(row: MockLogRow): LogLine {
    return { timestamp: row.at, stream: 'stdout', container: name, text: row.text }
  }
}
