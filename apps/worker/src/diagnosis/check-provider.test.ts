import {
  AccessDeniedError,
  type ComputeError,
  type ComputeProvider,
  InvalidConfigError,
  ProviderRegistry,
  silentLogger,
  TenantNotFoundError,
  ThrottledError,
} from '@landlord/compute-core'
import { createMockProvider } from '@landlord/provider-mock'
import { buildRegistry } from '@landlord/provider-wiring'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { silentObserver } from '../step/step-observer.ts'
import { checkProvider } from './check-provider.ts'

const quiet = new AbortController().signal
const mock = createMockProvider({ installation: 'i' })
const check = (provider: ComputeProvider, signal = quiet) => {
  const registry = new ProviderRegistry().register(provider)
  return checkProvider({ registry, observer: silentObserver, logger: silentLogger }, provider.name, signal)
}
const listing = (error: ComputeError): ComputeProvider => ({
  ...mock,
  listOwned: () => rejecting(error),
})

async function* rejecting(error: ComputeError): AsyncGenerator<never> {
  await Promise.reject(error)
  yield* []
}

afterEach(() => void vi.useRealTimers())

describe('checkProvider', () => {
  it('lists no more than the first of what the provider owns', async () => {
    let listed = 0
    const provider: ComputeProvider = {
      ...mock,
      async *listOwned() {
        for (;;) {
          listed += 1
          yield { tenantId: 't', kind: 'service', id: `s-${listed}`, name: 's' }
        }
      },
    }
    await expect(check(provider)).resolves.toMatchObject({ name: 'provider mock', status: 'ok' })
    expect(listed).toBe(1)
  })

  it('asks for a tenant that does not exist where the provider cannot list', async () => {
    const { listOwned: _, ...rest } = mock
    const getStatus = vi.fn(() => Promise.reject(new TenantNotFoundError({ message: 'nothing' })))
    await expect(check({ ...rest, getStatus })).resolves.toMatchObject({ status: 'ok' })
    expect(getStatus).toHaveBeenCalledOnce()
  })

  it.each([
    [
      new AccessDeniedError({ message: 'ecs:ListServices is not allowed' }),
      'error',
      /^access_denied: ecs:/,
      /credentials/,
    ],
    [new ThrottledError({ message: 'slower' }), 'warning', /^throttled/, /nothing/],
    [new InvalidConfigError({ subject: 'ecs', issues: [] }), 'warning', /without a tenant/, /compute/],
  ])('explains %s', async (error, status, message, fix) => {
    const found = await check(listing(error))
    expect(found).toMatchObject({ status, message: expect.stringMatching(message), fix: expect.stringMatching(fix) })
  })

  it('gives up after ten seconds, and at once when it is aborted', async () => {
    vi.useFakeTimers()
    const silent: ComputeProvider = {
      ...mock,
      async *listOwned({ signal }) {
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
        yield* []
      },
    }
    const late = check(silent)
    await vi.advanceTimersByTimeAsync(10_000)
    await expect(late).resolves.toMatchObject({ status: 'error', message: expect.stringContaining('no answer') })
    await expect(check(silent, AbortSignal.abort(new Error('stopping')))).rejects.toThrow('stopping')
  })

  it('says that no Docker Engine answers', async () => {
    const registry = await buildRegistry(
      { docker: { host: 'unix:///nonexistent/docker.sock' } },
      { installation: 'i', logger: silentLogger },
    )
    const found = await checkProvider({ registry, observer: silentObserver, logger: silentLogger }, 'docker', quiet)
    expect(found).toMatchObject({
      name: 'provider docker',
      status: 'error',
      message: expect.stringContaining('unavailable'),
    })
    await registry.close()
  })
})
