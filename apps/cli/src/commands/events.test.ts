import type { Event } from '@landlord/api-contract'
import { expect, it } from 'vitest'
import { runLandlord, spawnLandlord } from '../__fixtures__/run-landlord.ts'
import { startScriptedServer } from '../__fixtures__/scripted-server.ts'

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

it('follows: each new one once, until Ctrl-C, which is no error', async () => {
  const [created, ready, deleted] = [event(9, 'tenant.created'), event(10, 'tenant.ready'), event(11, 'tenant.deleted')]
  const server = await startScriptedServer({
    'GET /v1/events': [list(created), list(ready, created), list(deleted, ready, created)],
  })
  const child = spawnLandlord(['events', '--follow', '-o', 'json', '--api-url', server.url])
  let text = ''
  child.stdout?.on('data', (chunk) => {
    text += String(chunk)
    if (text.includes('tenant.deleted')) child.kill('SIGINT')
  })
  const exitCode = await new Promise((resolve) => child.on('close', resolve))
  expect(exitCode).toBe(0)
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  ).toEqual(['9', '10', '11'])
})
