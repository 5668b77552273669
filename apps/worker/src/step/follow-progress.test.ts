import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followProgress } from './follow-progress.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function follow(report: (message: string | undefined) => Promise<boolean>) {
  const onSuperseded = vi.fn()
  const onError = vi.fn()
  return { ...followProgress({ report, onSuperseded, onError }), onSuperseded, onError }
}

describe('followProgress', () => {
  it('costs a short call nothing', async () => {
    const report = vi.fn(async () => true)
    const { onProgress, stop } = follow(report)
    onProgress('made')
    await vi.advanceTimersByTimeAsync(900)
    await stop()
    expect(report).not.toHaveBeenCalled()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('passes on the newest message, at most once a second', async () => {
    const report = vi.fn(async (_message: string | undefined) => true)
    const { onProgress, stop } = follow(report)
    for (let layer = 1; layer <= 25; layer += 1) {
      onProgress(`layer ${layer}`)
      await vi.advanceTimersByTimeAsync(100)
    }
    await stop()
    expect(report.mock.calls).toEqual([['layer 10'], ['layer 20']])
  })

  it('shows signs of life in a call that says nothing', async () => {
    const report = vi.fn(async () => true)
    const { stop } = follow(report)
    await vi.advanceTimersByTimeAsync(9500)
    await stop()
    expect(report).toHaveBeenCalledTimes(3)
  })

  it('notices that a newer operation has taken over', async () => {
    const { onSuperseded, stop } = follow(async () => false)
    await vi.advanceTimersByTimeAsync(3000)
    await stop()
    expect(onSuperseded).toHaveBeenCalledOnce()
  })

  it('goes on when the server is away', async () => {
    const report = vi.fn().mockRejectedValueOnce(new Error('away')).mockResolvedValue(true)
    const { onError, onSuperseded, stop } = follow(report)
    await vi.advanceTimersByTimeAsync(6000)
    await stop()
    expect(report).toHaveBeenCalledTimes(2)
    expect(onError).toHaveBeenCalledOnce()
    expect(onSuperseded).not.toHaveBeenCalled()
  })

  it('lets no report overtake the next one', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const { stop } = follow(() => promise)
    await vi.advanceTimersByTimeAsync(3000)
    let hasStopped = false
    const stopped = stop().then(() => {
      hasStopped = true
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(hasStopped).toBe(false)
    resolve(true)
    await stopped
  })
})
