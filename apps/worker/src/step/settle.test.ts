import { describe, expect, it } from 'vitest'
import { cursorOf, NOW, statusOf, workOf } from '../../test/work-of.ts'
import type { Cursor, Work } from './cursor.ts'
import { settle } from './settle.ts'

const watching = (work: Work, cursor: Partial<Cursor> = {}) => ({
  work,
  action: 'look' as const,
  cursor: cursorOf(work, { phase: 'watch', reportedAt: NOW.getTime(), ...cursor }),
  now: NOW,
  maxAttempts: 3,
})
const update = workOf('update', { resource_ids: { service: 's-1' } })
const suspend = workOf('suspend', { resource_ids: { service: 's-1' }, suspended: true })
const stopped = statusOf({ state: 'stopped', health: 'none' })

describe('settle', () => {
  it.each([
    ['running and healthy', statusOf(), 'succeed'],
    ['running without a health check', statusOf({ health: 'none' }), 'succeed'],
    ['a job that has ended', { ...stopped, idle: 'finished' as const }, 'succeed'],
    ['scaled to no copies, as configured', { ...stopped, idle: 'scaled_to_zero' as const }, 'succeed'],
    ['stopped by itself', { ...stopped, reason: 'exited' }, 'fail'],
    ['stopped, and nobody asked for it', stopped, 'wait'],
    ['running and unhealthy', statusOf({ health: 'unhealthy' }), 'fail'],
    ['failed', statusOf({ state: 'failed', health: 'unhealthy', reason: 'crash_loop' }), 'fail'],
    ['running, not settled', statusOf({ settled: false }), 'wait'],
    ['failed, not settled: it may recover', statusOf({ state: 'failed', settled: false }), 'wait'],
    ['running, health starting', statusOf({ health: 'starting' }), 'wait'],
    ['running, health unknown', statusOf({ health: 'unknown' }), 'wait'],
    ['unknown', statusOf({ state: 'unknown' }), 'wait'],
    ['starting, and said to be settled', statusOf({ state: 'starting' }), 'wait'],
  ])('%s → %s', (_, status, next) => {
    expect(settle(watching(update), status).next).toBe(next)
  })

  it.each([
    ['stopped as asked', stopped, 'succeed'],
    ['stopped by itself: it is stopped all the same', { ...stopped, reason: 'exited' }, 'succeed'],
    ['still running', statusOf(), 'wait'],
    ['running and unhealthy', statusOf({ health: 'unhealthy' }), 'wait'],
    ['stopping', statusOf({ state: 'stopping', settled: false }), 'wait'],
    ['failed', statusOf({ state: 'failed', reason: 'dead' }), 'fail'],
  ])('%s, of a tenant that is to be suspended → %s', (_, status, next) => {
    expect(settle(watching(suspend), status).next).toBe(next)
    // Whatever else is done to it meanwhile.
    const changed = workOf('update', { ...suspend, operation: update.operation })
    expect(settle(watching(changed), status).next).toBe(next)
  })

  it.each([
    ['stopped', update, stopped, 'it is stopped, and should run'],
    ['still_running', suspend, statusOf(), 'it still runs, and should be suspended'],
  ])('fails with %s what stays the opposite of what was asked for', (code, work, status, message) => {
    expect(settle(watching(work, { looks: 9 }), status).next).toBe('wait')
    expect(settle(watching(work, { looks: 10 }), { ...status, message: 'so it is' })).toMatchObject({
      next: 'fail',
      report: { error: { code, message: `${message}: so it is`, retryable: true } },
    })
  })

  it('reports where a ready tenant can be reached and what runs', () => {
    const endpoint = { protocol: 'http' as const, host: '127.0.0.1', port: 32768, containerPort: 80 }
    const verdict = settle(watching(update), statusOf({ endpoints: [endpoint], observedConfig: { image: 'b' } }))
    expect(verdict).toMatchObject({
      report: {
        outcome: 'succeeded',
        endpoints: [{ protocol: 'http', host: '127.0.0.1', port: 32768, container_port: 80 }],
        observed_config: { image: 'b' },
        resource_ids: { service: 's-1' },
      },
    })
  })

  it('never empties the saved handle with a status that has none', () => {
    expect(settle(watching(update), statusOf({ resourceIds: {} }))).not.toHaveProperty('report.resource_ids')
  })

  it("fails with the provider's reason and message", () => {
    const status = statusOf({ state: 'failed', reason: 'image_not_found', message: 'no such image' })
    expect(settle(watching(update), status)).toMatchObject({
      report: { error: { code: 'image_not_found', message: 'no such image', instance_usable: false } },
    })
  })

  it('sees that the instance from before a failed update still serves', () => {
    const endpoint = { protocol: 'tcp' as const, host: 'h', port: 1 }
    const status = statusOf({ state: 'failed', reason: 'crash_loop', endpoints: [endpoint] })
    expect(settle(watching(update), status)).toMatchObject({ report: { error: { instance_usable: true } } })
  })

  it.each([true, false])('believes the provider that says whether it serves: %s', (instanceUsable) => {
    const endpoint = { protocol: 'tcp' as const, host: 'h', port: 1 }
    const endpoints = instanceUsable ? [] : [endpoint]
    const status = statusOf({ state: 'failed', reason: 'crash_loop', endpoints, instanceUsable })
    expect(settle(watching(update), status)).toMatchObject({ report: { error: { instance_usable: instanceUsable } } })
  })

  it.each([
    ['the message changed', { message: 'pulling' }, true],
    ['nothing changed', { message: 'starting' }, false],
    ['nothing changed for ten seconds', { message: 'starting', reportedAt: NOW.getTime() - 10_000 }, true],
  ])('while it waits, reports when %s', (_, cursor, reports) => {
    const verdict = settle(watching(update, cursor), statusOf({ settled: false, message: 'starting' }))
    expect(verdict).toMatchObject({ next: 'wait', cursor: { looks: 1, message: 'starting' } })
    expect(Object.hasOwn(verdict, 'report')).toBe(reports)
  })

  it('looks ever more slowly, and once more at the deadline', () => {
    const soon = workOf('update', { operation: { ...update.operation, deadline_at: '2026-01-01T00:00:05Z' } })
    const delays = [
      [update, 0],
      [update, 2],
      [update, 40],
      [soon, 40],
    ] as const
    const found = delays.map(([work, looks]) => {
      const verdict = settle(watching(work, { looks }), statusOf({ settled: false }))
      return verdict.next === 'wait' ? verdict.delayMs : Number.NaN
    })
    expect(found).toEqual([200, 450, 15_000, 5000])
  })
})
