import { describe, expect, it } from 'vitest'
import type { CallPriority } from './ecs-api.ts'
import { createRequestLimiter } from './request-limiter.ts'

const never = new AbortController().signal

describe('request limiter', () => {
  it('lets changes go before looks, looks before lists, and equal ones in the order they came', async () => {
    const limiter = createRequestLimiter({ burst: 1, per_second: 200 })
    await limiter.turn('change', never)
    const order: string[] = []
    const asked: [CallPriority, string][] = [
      ['background', 'first in line'],
      ['background', 'list'],
      ['watch', 'look 1'],
      ['watch', 'look 2'],
      ['change', 'change'],
    ]
    await Promise.all(asked.map(([priority, name]) => limiter.turn(priority, never).then(() => order.push(name))))
    // Whoever waits for the very next token keeps it.
    expect(order).toEqual(['first in line', 'change', 'look 1', 'look 2', 'list'])
  })

  it('lets a burst go at once, and the next one wait for the rate', async () => {
    const limiter = createRequestLimiter({ burst: 3, per_second: 0.001 })
    await Promise.all([1, 2, 3].map(() => limiter.turn('watch', never)))
    expect(limiter.waitMs()).toBeGreaterThan(900_000)
  })

  it('forgets whoever gives up, at the head of the queue and behind it', async () => {
    const limiter = createRequestLimiter({ burst: 1, per_second: 50 })
    await limiter.turn('watch', never)
    limiter.throttled()
    const head = new AbortController()
    const behind = new AbortController()
    const left = [limiter.turn('watch', head.signal), limiter.turn('watch', behind.signal)]
    const stays = limiter.turn('watch', never)
    behind.abort(new Error('behind gave up'))
    await expect(left[1]).rejects.toThrow('behind gave up')
    head.abort(new Error('head gave up'))
    await expect(left[0]).rejects.toThrow('head gave up')
    await stays
  })

  it('slows down further while answers stay throttled, counting a salvo once, and is as before after a success', () => {
    const limiter = createRequestLimiter({ burst: 10, per_second: 0.001 })
    limiter.throttled()
    const first = limiter.waitMs()
    limiter.throttled()
    expect(limiter.waitMs()).toBeLessThanOrEqual(first)
    expect(first).toBeGreaterThan(1_900_000)
    limiter.passed()
  })
})
