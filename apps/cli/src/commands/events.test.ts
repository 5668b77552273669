import type { Event } from '@landlord/api-contract'
import { expect, it, vi } from 'vitest'
import { runLandlord, spawnLandlord } from '../__fixtures__/run-landlord.ts'
import { type Answer, problem, type Received, startScriptedServer, type Turn } from '../__fixtures__/scripted-server.ts'

const event = (id: number, type: Event['type']): Event => ({
  id: String(id),
  type,
  tenant_id: 't',
  tenant_name: 'acme',
  principal: 'worker',
  data: { kind: 'provision' },
  created_at: '2026-11-20T12:00:00.000Z',
})
const list = (...events: Event[]) => ({ body: { events } })

it('shows the newest last', async () => {
  const server = await startScriptedServer({
    'GET /v1/tenants/acme/events': list(event(10, 'tenant.ready'), event(9, 'tenant.created')),
  })
  const { stdout } = await runLandlord(['events', 'acme', '--api-url', server.url])
  expect(stdout).toMatch(/^TIME .*\n.*tenant\.created .*kind: provision\n.*tenant\.ready/)
})

/** Follows until it has shown an event of `lastType`, then presses Ctrl-C. */
async function follow(url: string, lastType: Event['type']) {
  const child = spawnLandlord(['events', '--follow', '-o', 'json', '--api-url', url])
  let text = ''
  let stderr = ''
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk)
  })
  child.stdout?.on('data', (chunk) => {
    text += String(chunk)
    if (text.includes(lastType)) child.kill('SIGINT')
  })
  const exitCode = await new Promise((resolve) => child.on('close', resolve))
  const lines = text.trimEnd().split('\n')
  return { exitCode, stderr, ids: lines.map((line) => JSON.parse(line).id) }
}

const [created, ready, deleted] = [event(9, 'tenant.created'), event(10, 'tenant.ready'), event(11, 'tenant.deleted')]
const message = (one: Event) => `id: ${one.id}\ndata: ${JSON.stringify(one)}\n\n`

/** A list that ends at the first event, and then one stream after the other. */
async function startEvents(...streams: Turn[]) {
  let count = 0
  const opened: Received[] = []
  const server = await startScriptedServer({
    'GET /v1/events': (request) => {
      if (request.headers.accept !== 'text/event-stream') return list(created)
      opened.push(request)
      count += 1
      return streams[Math.min(count, streams.length) - 1] ?? 'silence'
    },
  })
  return { url: server.url, opened }
}

const placeOf = ({ headers }: Received) => headers['last-event-id']

it('follows: each new one once, until Ctrl-C, which is no error', async () => {
  const { url, opened } = await startEvents({ stream: message(ready) + message(deleted), staysOpen: true })
  expect(await follow(url, 'tenant.deleted')).toEqual({ exitCode: 0, stderr: '', ids: ['9', '10', '11'] })
  expect(opened.map(placeOf)).toEqual(['9'])
})

it('goes on where a stream ended, also where nothing was shown of it', async () => {
  const { url, opened } = await startEvents(
    { stream: `${message(ready)}id: 10\n\n` },
    { stream: ': still here\nid: 57\n\n' },
    { stream: message(event(58, 'tenant.deleted')), staysOpen: true },
  )
  expect(await follow(url, 'tenant.deleted')).toEqual({ exitCode: 0, stderr: '', ids: ['9', '10', '58'] })
  expect(opened.map(placeOf)).toEqual(['9', '10', '57'])
})

it('follows on when the server was away', async () => {
  const away = problem('unavailable', 'starting')
  const { url } = await startEvents({ stream: message(ready) }, away, away, {
    stream: message(deleted),
    staysOpen: true,
  })
  const { exitCode, ids, stderr } = await follow(url, 'tenant.deleted')
  expect({ exitCode, ids }).toEqual({ exitCode: 0, ids: ['9', '10', '11'] })
  expect(stderr).toBe('the server does not answer; still trying; starting\n')
})

it('ends at once at Ctrl-C while nothing comes', async () => {
  const { url, opened } = await startEvents('silence')
  const child = spawnLandlord(['events', '--follow', '--api-url', url])
  const closed = new Promise((resolve) => child.on('close', resolve))
  await vi.waitFor(() => expect(opened).toHaveLength(1), 10_000)
  child.kill('SIGINT')
  expect(await closed).toBe(0)
})

it('shows as many as were asked for, from as many pages as a filter takes', async () => {
  const pages: Readonly<Record<string, Answer>> = {
    first: { body: { events: [deleted], next_cursor: 'second' } },
    second: { body: { events: [], next_cursor: 'third' } },
    third: { body: { events: [ready], next_cursor: 'fourth' } },
  }
  const server = await startScriptedServer({
    'GET /v1/events': ({ query }) => pages[query.cursor ?? 'first'] ?? problem('internal', 'too far back'),
  })
  const args = ['events', '--type', 'tenant.*', '--selector', 'tier=pro', '--limit', '2', '-o', 'name']
  const { stdout } = await runLandlord([...args, '--api-url', server.url])
  expect(stdout).toBe('10\n11\n')
  expect(server.received[0]?.query).toEqual({ limit: '2', types: 'tenant.*', label_selector: 'tier=pro' })
})
