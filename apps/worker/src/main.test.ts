import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestSystem, type TestSystem } from '../test/test-system.ts'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))
const SOON = { timeout: 15_000, interval: 20 }

let system: TestSystem
beforeAll(async () => {
  system = await startTestSystem()
  await system.worker.close()
})
afterAll(() => system.close())

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, ['--conditions=@landlord/source', MAIN], {
    cwd: system.folder,
    env: { PATH: process.env.PATH, HOME: system.folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { text: '' }
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (written.text += String(chunk)))
  return { child, written, ended: once(child, 'exit') as Promise<[number | null]> }
}

const environment = () => ({
  LANDLORD_WORKER_SERVER_URL: system.server.url,
  LANDLORD_WORKER_TOKEN: system.server.token,
  LANDLORD_WORKER_SHUTDOWN_GRACE_SECONDS: '0',
  LANDLORD_WORKFLOW_ADMIN_URL: system.engine.adminUrl,
  LANDLORD_WORKFLOW_IDENTITY_KEYS: system.engine.identityKey,
  LANDLORD_COMPUTE: '{"mock":{}}',
})

describe('landlord-worker', () => {
  it('works from the environment alone, and leaves a long call for its successor when it is stopped', async () => {
    const first = run(environment())
    await vi.waitFor(() => expect(first.written.text).toContain('the worker is ready'), SOON)
    system.server.change('acme', 'provision', { mock: { latency_ms: { provision: 3_600_000 } } })
    await system.trigger('acme')
    // The sign of life that a long call gives.
    await vi.waitFor(() => expect(system.server.tenant('acme').status).toBe('working'), SOON)
    first.child.kill('SIGTERM')
    await expect(first.ended).resolves.toEqual([0, null])
    expect(system.server.tenant('acme').outcomes).toEqual({})
    expect(first.written.text).not.toContain(system.server.token)

    system.server.tenant('acme').desired.config = {}
    const second = run(environment())
    await vi.waitFor(() => expect(system.server.tenant('acme').status).toBe('ready'), SOON)
    second.child.kill('SIGTERM')
    await second.ended
  })

  it('says in one line what is missing', async () => {
    const { written, ended } = run({})
    await expect(ended).resolves.toEqual([78, null])
    expect(written.text).toMatch(/^landlord-worker: a worker needs worker\.server_url.*\n$/)
  })

  it.each([
    ['a value that cannot be', () => ({ LANDLORD_WORKER_PORT: 'many' })],
    ['a provider that there is not', () => ({ ...environment(), LANDLORD_COMPUTE: '{"dokcer":{}}' })],
  ])('ends with 78, which no restart mends, for %s', async (_, env) => {
    const { written, ended } = run(env())
    await expect(ended).resolves.toEqual([78, null])
    expect(written.text).not.toContain('    at ')
  })

  it('ends with 1 when the server refuses its token', async () => {
    const { ended } = run({ ...environment(), LANDLORD_WORKER_TOKEN: 'wrong' })
    await expect(ended).resolves.toEqual([1, null])
  })
})
