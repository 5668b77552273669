import type { Event } from '@landlord/api-contract'
import { expect, it, vi } from 'vitest'
import { runLandlord, spawnLandlord } from '../__fixtures__/run-landlord.ts'
import { type Answer, problem, startScriptedServer } from '../__fixtures__/scripted-server.ts'

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

it('follows: each new one once, until Ctrl-C, which is no error', async () => {
  const server = await startScriptedServer({
    'GET /v1/events': [list(created), list(ready, created), list(deleted, ready, created)],
  })
  const { exitCode, ids } = await follow(server.url, 'tenant.deleted')
  expect(exitCode).toBe(0)
  expect(ids).toEqual(['9', '10', '11'])
})

it('follows through as many pages as came since the last look, and no further', async () => {
  const pages: Readonly<Record<string, Answer>> = {
    newest: { body: { ...list(deleted).body, next_cursor: 'older' } },
    older: { body: { ...list(ready, created).body, next_cursor: 'oldest' } },
  }
  let looks = 0
  const server = await startScriptedServer({
    'GET /v1/events': ({ query }) => {
      looks += 1
      return looks === 1 ? list(created) : (pages[query.cursor ?? 'newest'] ?? problem('internal', 'too far back'))
    },
  })
  expect(await follow(server.url, 'tenant.deleted')).toEqual({ exitCode: 0, stderr: '', ids: ['9', '10', '11'] })
})

it('follows on when the server was away', async () => {
  const away = problem('unavailable', 'starting')
  const server = await startScriptedServer({
    'GET /v1/events': [list(created), away, away, list(deleted, ready, created)],
  })
  const { exitCode, ids, stderr } = await follow(server.url, 'tenant.deleted')
  expect({ exitCode, ids }).toEqual({ exitCode: 0, ids: ['9', '10', '11'] })
  expect(stderr).toBe('the server does not answer; still trying; starting\n')
})

it('ends at once at Ctrl-C while a request hangs', async () => {
  const server = await startScriptedServer({ 'GET /v1/events': [list(created), 'silence'] })
  const child = spawnLandlord(['events', '--follow', '--api-url', server.url])
  const closed = new Promise((resolve) => child.on('close', resolve))
  await vi.waitFor(() => expect(server.received).toHaveLength(2), 10_000)
  child.kill('SIGINT')
  expect(await closed).toBe(0)
})
