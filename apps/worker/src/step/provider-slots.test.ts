import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createProviderSlots } from './provider-slots.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('createProviderSlots', () => {
  it('runs so many calls of one provider at once, and those of another beside them', async () => {
    const slots = createProviderSlots(2)
    const gate = Promise.withResolvers<void>()
    const started: string[] = []
    const call = (name: string) => async () => {
      started.push(name)
      await gate.promise
      return name
    }
    const calls = ['a1', 'a2', 'a3', 'b1'].map((name) => slots.run(name.slice(0, 1), 'change', call(name)))
    await vi.advanceTimersByTimeAsync(0)
    expect(started).toEqual(['a1', 'a2', 'b1'])
    gate.resolve()
    await expect(Promise.all(calls)).resolves.toContainEqual({ result: 'a3' })
  })

  it('lets no look wait for a change', async () => {
    const slots = createProviderSlots(1)
    const gate = Promise.withResolvers<void>()
    const change = slots.run('a', 'change', () => gate.promise)
    await expect(slots.run('a', 'look', async () => 'seen')).resolves.toEqual({ result: 'seen' })
    gate.resolve()
    await change
  })

  it('gives a place in the queue back after half a minute, without ever calling', async () => {
    const slots = createProviderSlots(1)
    const gate = Promise.withResolvers<void>()
    const long = slots.run('a', 'change', () => gate.promise)
    const call = vi.fn(async () => {})
    const queued = slots.run('a', 'change', call)
    await vi.advanceTimersByTimeAsync(30_000)
    await expect(queued).resolves.toBeUndefined()
    gate.resolve()
    await long
    await expect(slots.run('a', 'change', async () => 'next')).resolves.toEqual({ result: 'next' })
    expect(call).not.toHaveBeenCalled()
  })

  it('passes errors on', async () => {
    await expect(createProviderSlots(1).run('a', 'look', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
