import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { StoredTenant } from '../store/stored-tenant.ts'
import { createTenantSignals } from './tenant-signals.ts'
import { type Wait, waitForTenant } from './wait-for-tenant.ts'

let status: StoredTenant['status']
let reads: number
const signals = createTenantSignals()
const aborter = new AbortController()

beforeEach(() => {
  vi.useFakeTimers()
  status = 'updating'
  reads = 0
})
afterEach(() => vi.useRealTimers())

const wait = (options: Partial<Wait> = {}) =>
  waitForTenant({
    tenantId: 't',
    read: async () => {
      reads += 1
      return { id: 't', status } as StoredTenant
    },
    until: new Set(['settled']),
    timeoutMs: 60_000,
    signals,
    signal: aborter.signal,
    ...options,
  })

describe('waitForTenant', () => {
  it('reads once, and once more for each news of this tenant', async () => {
    const waiting = wait()
    await vi.advanceTimersByTimeAsync(100)
    signals.notify('another')
    await vi.advanceTimersByTimeAsync(100)
    expect(reads).toBe(1)
    status = 'ready'
    signals.notify('t')
    expect(await waiting).toMatchObject({ outcome: 'reached', tenant: { status: 'ready' } })
    expect(reads).toBe(2)
    expect(signals.size).toBe(0)
  })

  it('does not miss news that come while it reads', async () => {
    const waiting = wait({
      read: async () => {
        reads += 1
        const seen = { id: 't', status } as StoredTenant
        if (reads === 1) {
          status = 'ready'
          signals.notify('t')
        }
        return seen
      },
    })
    await vi.advanceTimersByTimeAsync(0)
    expect((await waiting).outcome).toBe('reached')
  })

  it('looks again every two seconds by itself', async () => {
    const waiting = wait()
    await vi.advanceTimersByTimeAsync(9_900)
    expect(reads).toBe(5)
    status = 'failed'
    await vi.advanceTimersByTimeAsync(200)
    expect((await waiting).outcome).toBe('reached')
  })

  it('ends when the signal says so, also before it began', async () => {
    const early = AbortSignal.abort()
    expect((await wait({ signal: early })).outcome).toBe('aborted')
    const late = new AbortController()
    const waiting = wait({ signal: late.signal })
    await vi.advanceTimersByTimeAsync(10)
    late.abort()
    expect((await waiting).outcome).toBe('aborted')
    expect(signals.size).toBe(0)
  })

  it('says what it last saw of a tenant that goes away', async () => {
    const waiting = wait({
      read: async () => {
        reads += 1
        return reads === 1 ? ({ id: 't', status: 'deleting' } as StoredTenant) : undefined
      },
    })
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await waiting).toEqual({ outcome: 'gone', tenant: { id: 't', status: 'deleting' } })
  })
})
