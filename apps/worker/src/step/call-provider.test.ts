import { silentLogger, ThrottledError, TimeoutError } from '@landlord/compute-core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callProvider } from './call-provider.ts'
import { silentObserver } from './step-observer.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const timeout = new TimeoutError({ message: 'too slow' })
const limits = {
  observer: silentObserver,
  of: { provider: 'mock', method: 'update' },
  signal: new AbortController().signal,
  timeoutMs: 600_000,
  timeout: () => timeout,
  logger: silentLogger,
}
const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
const never = () => new Promise<never>(() => {})

describe('callProvider', () => {
  it('passes on the answer, and leaves no timer behind', async () => {
    await expect(callProvider(async () => 'done', limits)).resolves.toBe('done')
    expect(vi.getTimerCount()).toBe(0)
  })

  it("passes on the provider's own error", async () => {
    const error = new Error('no')
    await expect(callProvider(() => Promise.reject(error), limits)).rejects.toBe(error)
  })

  it('ends a call that takes too long', async () => {
    const ended = expect(callProvider(untilAborted, limits)).rejects.toBe(timeout)
    await vi.advanceTimersByTimeAsync(600_000)
    await ended
  })

  it('comes back even from a provider that does not listen', async () => {
    const error = vi.fn()
    const ended = expect(callProvider(never, { ...limits, logger: { ...silentLogger, error } })).rejects.toBe(timeout)
    await vi.advanceTimersByTimeAsync(605_000)
    await ended
    expect(error).toHaveBeenCalledOnce()
  })

  it('tells the observer how each call ended', async () => {
    const ends: string[] = []
    const observer = { ...silentObserver, startCall: () => ({ end: (outcome: string) => void ends.push(outcome) }) }
    const stopped = new AbortController()
    const slow = callProvider(untilAborted, { ...limits, observer })
    const aborted = callProvider(untilAborted, { ...limits, observer, signal: stopped.signal })
    await callProvider(async () => 'done', { ...limits, observer })
    const throttled = new ThrottledError({ message: 'slower', retryAfterMs: 1 })
    await callProvider(() => Promise.reject(throttled), { ...limits, observer }).catch(() => {})
    await callProvider(() => Promise.reject(new Error('?')), { ...limits, observer }).catch(() => {})
    stopped.abort(new Error('over'))
    await aborted.catch(() => {})
    await Promise.all([slow.catch(() => {}), vi.advanceTimersByTimeAsync(600_000)])
    expect(ends).toEqual(['ok', 'throttled', 'internal_error', 'cancelled', 'timeout'])
  })

  it('ends with the reason of the abort', async () => {
    const controller = new AbortController()
    const ended = expect(callProvider(untilAborted, { ...limits, signal: controller.signal })).rejects.toThrow('over')
    controller.abort(new Error('over'))
    await ended
    expect(vi.getTimerCount()).toBe(0)
  })

  it('does not begin what was aborted before', async () => {
    const call = vi.fn(async () => 'done')
    await expect(callProvider(call, { ...limits, signal: AbortSignal.abort(new Error('over')) })).rejects.toThrow(
      'over',
    )
    expect(call).not.toHaveBeenCalled()
  })
})
