import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Diagnosis } from '@landlord/api-contract'
import { describe, expect, it, onTestFinished } from 'vitest'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, startScriptedServer } from './__fixtures__/scripted-server.ts'
import { CLI_VERSION } from './cli-version.ts'
import { checkNode } from './doctor/check-here.ts'

const found = (more: Partial<Diagnosis> = {}): { body: Diagnosis } => ({
  body: {
    status: 'ok',
    version: CLI_VERSION,
    server_time: new Date().toISOString(),
    checks: [{ name: 'database', status: 'ok', message: 'SQLite 3.50.4, 1.0 MiB' }],
    stuck: [],
    ...more,
  },
})
const doctor = async (answer: Parameters<typeof startScriptedServer>[0][string], ...argv: string[]) => {
  const server = await startScriptedServer({ 'GET /v1/diagnosis': answer })
  return { ...(await runLandlord(['doctor', '--api-url', server.url, ...argv])), server }
}

describe('landlord doctor', () => {
  it('lists what is well, and ends with 0', async () => {
    const { exitCode, stdout, stderr, server } = await doctor(found(), '--deep')
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^ok {7}node {8}Node\.js/)
    expect(stdout).toContain(`ok       server      version ${CLI_VERSION} at ${server.url}`)
    expect(stdout).toMatch(/clock here +this machine agrees/)
    expect(stdout).toMatch(/ok {7}database +SQLite/)
    expect(server.received[0]?.query).toEqual({ deep: 'true' })
  })

  it('shows what helps under each problem, and the work that does not get on', async () => {
    const stuck = {
      tenant_id: 't-1',
      tenant_name: 'acme',
      operation_id: 'op-1',
      kind: 'provision',
      state: 'pending',
      created_at: new Date().toISOString(),
      reason: 'waits for 3 min: no worker has begun',
      fix: 'start a worker',
    } as const
    const workers = { name: 'workers', status: 'error', message: 'no worker is there', fix: 'landlord-worker' } as const
    const answer = found({
      version: '9.9.9',
      server_time: '2020-01-01T00:00:00.000Z',
      checks: [workers],
      stuck: [stuck],
    })
    const { exitCode, stdout, stderr } = await doctor(answer)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('1 of 5 checks found an error')
    expect(stdout).toContain('error    workers     no worker is there\n         → landlord-worker')
    expect(stdout).toMatch(/warning {2}clock here {2}this machine's clock is \d+d away/)
    expect(stdout).toMatch(/warning {2}server {6}version 9\.9\.9/)
    expect(stdout).toContain(
      'Work that does not get on\n  acme  provision, pending: waits for 3 min: no worker has begun\n         → start a worker',
    )
  })

  it('gives everything as JSON, also when it ends in an error', async () => {
    const { exitCode, stdout } = await doctor(problem('forbidden', 'this needs the scope "admin"'), '-o', 'json')
    expect(exitCode).toBe(1)
    const { status, checks } = JSON.parse(stdout)
    expect(status).toBe('error')
    expect(checks.at(-1)).toMatchObject({ name: 'server', status: 'error', fix: expect.stringContaining('token') })
  })

  it('says that nothing listens, with 6', async () => {
    const { exitCode, stdout } = await runLandlord(['doctor', '--api-url', 'http://127.0.0.1:1'])
    expect(exitCode).toBe(6)
    expect(stdout).toMatch(
      /error {4}server +nothing listens at http:\/\/127\.0\.0\.1:1\n +→ start a server \(landlord dev/,
    )
  })

  it('says that somebody else listens', async () => {
    const other = createServer((_, response) => void response.end('hello'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void other.close())
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const { exitCode, stdout } = await runLandlord(['doctor', '--api-url', url])
    expect(exitCode).toBe(6)
    expect(stdout).toContain('does not answer as Landlord')
  })

  it('finds settings that are wrong, whether a server answers or not', async () => {
    const env = { LANDLORD_SERVER_PORT: 'many' }
    const { stdout } = await runLandlord(['doctor', '--api-url', 'http://127.0.0.1:1'], { env })
    expect(stdout).toMatch(/error {4}settings +.*LANDLORD_SERVER_PORT/)
  })
})

it('checkNode knows which Node.js is too old', () => {
  expect(checkNode('22.12.1').status).toBe('error')
  expect(checkNode('20.19.0')).toMatchObject({ status: 'error', fix: expect.stringContaining('22.13') })
  expect(checkNode('22.13.0').status).toBe('ok')
  expect(checkNode('24.0.0').status).toBe('ok')
})
