import { expect, it } from 'vitest'
import { runLandlord } from '../__fixtures__/run-landlord.ts'
import { startScriptedServer } from '../__fixtures__/scripted-server.ts'

const line = (text: string) => ({ timestamp: '2026-11-26T12:00:00.000Z', stream: 'stdout', container: 'c', text })
const PATH = 'GET /v1/tenants/acme/logs'

it('shows the output, and nothing in it steers the terminal', async () => {
  const body = { lines: [line('one'), line('two\u001b[2J')], truncated: true }
  const server = await startScriptedServer({ [PATH]: { body } })
  const args = ['logs', 'acme', '--tail', '2', '--since', '2026-11-26T12:00:00Z', '--api-url', server.url]
  const { stdout, stderr } = await runLandlord(args)
  expect(stdout).toBe('one\ntwo[2J\n')
  expect(stderr).toContain('there is more')
  expect(server.received[0]?.query).toEqual({ tail: '2', since: '2026-11-26T12:00:00.000Z' })
})

it('follows until the output ends, and takes a duration', async () => {
  const message = `id: 2026-11-26T12:00:00.000Z\ndata: ${JSON.stringify(line('one'))}\n\n`
  let opened = 0
  const server = await startScriptedServer({
    [PATH]: () => {
      opened += 1
      return { stream: opened === 1 ? message : 'event: end\ndata: {}\n\n' }
    },
  })
  const { stdout, exitCode } = await runLandlord(['logs', 'acme', '-f', '--since', '10m', '--api-url', server.url])
  expect({ stdout, exitCode }).toEqual({ stdout: 'one\n', exitCode: 0 })
  expect(server.received[1]?.headers['last-event-id']).toBe('2026-11-26T12:00:00.000Z')
  const since = Date.parse(server.received[0]?.query.since ?? '')
  expect(Math.abs(Date.now() - 600_000 - since)).toBeLessThan(60_000)
})
