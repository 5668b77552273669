import type { LandlordSettings } from '@landlord/settings'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type StubServer, startStubServer } from '../test/stub-server.ts'
import { settingsFor } from '../test/test-system.ts'
import { generateRequestIdentity } from './embedded/request-identity.ts'
import { startWorker } from './start-worker.ts'

let server: StubServer
beforeAll(async () => {
  server = await startStubServer()
})
afterAll(() => server.close())

const engine = {
  ingressUrl: 'unix:/nowhere/ingress.sock',
  adminUrl: 'unix:/nowhere/admin.sock',
  identityKey: generateRequestIdentity().publicKey,
}
const settings = (worker: Partial<LandlordSettings['worker']> = {}) => settingsFor(engine, server, { worker })

const settingsOf =
  (worker: Partial<LandlordSettings['worker']> = {}) =>
  () =>
    settings(worker)

describe('startWorker', () => {
  it('names every setting that is missing', async () => {
    const { token: _, server_url: __, ...worker } = settings().worker
    const incomplete = { ...settings(), worker, workflow: { identity_keys: [] } }
    await expect(startWorker(incomplete)).rejects.toMatchObject({
      code: 'invalid_worker_settings',
      keys: ['worker.server_url', 'worker.token', 'workflow.admin_url'],
    })
  })

  it('listens beyond this machine only for an engine that it can recognise', async () => {
    const open = { ...settings({ host: '0.0.0.0', advertised_url: 'http://worker:9080' }) }
    const unsigned = { ...open, workflow: { ...open.workflow, identity_keys: [] } }
    await expect(startWorker(unsigned)).rejects.toThrow(/identity_keys.*loopback only/)
  })

  it('wants to know its address when it listens on all of them', async () => {
    await expect(startWorker(settings({ host: '0.0.0.0' }))).rejects.toThrow('worker.advertised_url')
  })

  it('refuses an identity key that is cut off', async () => {
    const cut = { ...settings(), workflow: { ...settings().workflow, identity_keys: ['publickeyv1_2G8dC'] } }
    await expect(startWorker(cut)).rejects.toThrow('publickeyv1_2G8dC is no public key')
  })

  it('does not go on trying with a token that the server refuses', async () => {
    await expect(startWorker(settings({ token: 'wrong' }))).rejects.toMatchObject({ code: 'unauthorized' })
  })

  it('names the provider block that cannot be used', async () => {
    const misspelt = { ...settings(), compute: { dokcer: {} } }
    await expect(startWorker(misspelt)).rejects.toThrow(/compute\.dokcer.*docker/)
  })

  it('stops waiting for an engine that is not there when it is told to', async () => {
    const signal = AbortSignal.timeout(200)
    await expect(startWorker(settings(), { signal })).rejects.toThrow(/timeout/)
  })

  it.each([
    ['the server refuses the token', settingsOf({ token: 'wrong' }), {}],
    ['the providers cannot be built', settingsOf(), { buildRegistry: () => Promise.reject(new Error('no')) }],
  ])('leaves no connection to the server behind when %s', async (_, make, dependencies) => {
    const before = await server.connections()
    await expect(startWorker(make(), dependencies)).rejects.toThrow()
    await vi.waitFor(async () => expect(await server.connections()).toBeLessThanOrEqual(before))
  })
})
