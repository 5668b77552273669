import { type AddressInfo, createServer } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { silentLogger } from '@landlord/compute-core'
import { describe, expect, it, vi } from 'vitest'
import { DockerClient, type DockerClientOptions, type DockerHandle } from './docker-client.ts'

/** An engine that answers what `answer` says, by path. */
function engineOf(answer: (path: string) => unknown): DockerHandle & { readonly paths: string[] } {
  const paths: string[] = []
  return {
    paths,
    modem: {
      dial({ path }, callback) {
        paths.push(path)
        const data = answer(path)
        // Undefined: never.
        if (data !== undefined) queueMicrotask(() => callback(null, data))
      },
    },
  }
}

function clientOf(options: Partial<DockerClientOptions>): DockerClient {
  return new DockerClient({ settings: {}, environment: {}, logger: silentLogger, now: () => new Date(), ...options })
}

const signal = () => new AbortController().signal
const ping = { action: 'list things', method: 'GET', path: '/things' } as const

describe('DockerClient', () => {
  it.each([
    ['1.41', '1.12', '/v1.41/things?'],
    ['1.60', '1.44', '/v1.51/things?'],
    ['1.70', '1.55', '/v1.55/things?'],
  ])('speaks the newest version that both know: engine %s, at least %s', async (ApiVersion, MinAPIVersion, path) => {
    const docker = engineOf(() => ({ ApiVersion, MinAPIVersion, Version: 'x' }))
    await clientOf({ docker }).request({ ...ping, signal: signal() })
    expect(docker.paths).toEqual(['/version?', '/info?', path])
  })

  it('leaves a version that the owner of the handle has fixed', async () => {
    const docker = engineOf(() => ({ ApiVersion: '1.41', Version: 'x' }))
    const fixed = { modem: { ...docker.modem, version: 'v1.40' } }
    await clientOf({ docker: fixed }).request({ ...ping, signal: signal() })
    expect(docker.paths).toEqual(['/version?', '/info?', '/things?'])
  })

  it('says that an engine is too old', async () => {
    const docker = engineOf(() => ({ ApiVersion: '1.30', Version: '17' }))
    await expect(clientOf({ docker }).request({ ...ping, signal: signal() })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('upgrade the engine'),
    })
  })

  it('negotiates again after the engine was replaced by another version', async () => {
    let ApiVersion = '1.51'
    const docker: DockerHandle = {
      modem: {
        dial({ path }, callback) {
          const message = `client version 1.51 is too new. Maximum supported API version is ${ApiVersion}`
          if (path.endsWith('/things?') && path !== `/v${ApiVersion}/things?`)
            callback(Object.assign(new Error(message), { statusCode: 400 }), undefined)
          else callback(null, { ApiVersion, Version: 'x' })
        },
      },
    }
    const client = clientOf({ docker })
    await client.request({ ...ping, signal: signal() })
    ApiVersion = '1.47'
    await expect(client.request({ ...ping, signal: signal() })).rejects.toMatchObject({ retryable: true })
    await expect(client.request({ ...ping, signal: signal() })).resolves.toBeDefined()
  })

  it('takes the engine’s clock', async () => {
    const docker = engineOf(() => ({ ApiVersion: '1.41', Version: 'x', SystemTime: '2026-01-01T00:01:00Z' }))
    const client = clientOf({ docker, now: () => new Date('2026-01-01T00:00:00Z') })
    expect((await client.session(signal())).clockOffsetMs).toBe(60_000)
  })

  it('gives up on an engine that accepts connections and says nothing', async () => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answer = clientOf({ settings: { host } }).request({ ...ping, signal: signal() })
      const outcome = expect(answer).rejects.toMatchObject({ code: 'timeout', retryable: true })
      await vi.advanceTimersByTimeAsync(30_000)
      await outcome
    } finally {
      vi.useRealTimers()
      server.close()
    }
  })

  it.each([
    ['unix:///nowhere/docker.sock', 'engine_down'],
    ['tcp://127.0.0.1:1', 'engine_down'],
  ])('says that nothing answers at %s, and tries anew the next time', async (host, reason) => {
    const client = clientOf({ settings: { host } })
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(client.request({ ...ping, signal: signal() })).rejects.toMatchObject({
        code: 'unavailable',
        retryable: true,
        details: { reason },
        message: expect.stringContaining('DOCKER_HOST'),
      })
    }
  })

  it('ends on abort while it waits in the queue', async () => {
    const docker = engineOf((path) => (path.includes('things') ? undefined : { ApiVersion: '1.41', Version: 'x' }))
    const client = clientOf({ docker })
    const begun = () => docker.paths.filter((path) => path.includes('things'))
    const others = new AbortController()
    const slow = Array.from({ length: 8 }, () => client.request({ ...ping, signal: others.signal }))
    const ended = Promise.allSettled(slow)
    await vi.waitFor(() => expect(begun()).toHaveLength(8))
    const abort = new AbortController()
    const waiting = client.request({ ...ping, signal: abort.signal })
    await setImmediate()
    abort.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' })
    others.abort()
    for (const outcome of await ended) expect(outcome).toMatchObject({ reason: { code: 'cancelled' } })
    // What was cancelled while it waited never began.
    expect(begun()).toHaveLength(8)
  })
})
