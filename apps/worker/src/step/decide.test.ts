import { describe, expect, it } from 'vitest'
import { cursorOf, NOW, workOf } from '../../test/work-of.ts'
import { decide } from './decide.ts'

const handle = { resource_ids: { service: 's-1' } }
const newer = { operation: { id: 'op-2', kind: 'update' as const, deadline_at: '2026-01-01T00:10:00Z', attempts: 0 } }

describe('decide', () => {
  it.each([
    ['provisions a new tenant', workOf('provision'), undefined, 'provision'],
    ['updates when a provision has a handle already', workOf('provision', handle), undefined, 'update'],
    ['updates', workOf('update', handle), undefined, 'update'],
    ['updates even when the handle was lost', workOf('update'), undefined, 'update'],
    ['applies once more for a reconcile', workOf('reconcile', handle), undefined, 'update'],
    ['provisions what an update did not find', workOf('update', handle), { phase: 'recreate' as const }, 'provision'],
    ['looks after a change', workOf('provision', handle), { phase: 'watch' as const }, 'look'],
    ['suspends by an update', workOf('suspend', { ...handle, suspended: true }), undefined, 'update'],
    ['resumes by an update', workOf('resume', handle), undefined, 'update'],
    ['restarts by an update', workOf('restart', { ...handle, restart_token: 'r' }), undefined, 'update'],
    [
      'makes a suspended tenant where a suspend found nothing',
      workOf('suspend'),
      { phase: 'recreate' as const },
      'provision',
    ],
    ['adopts before anything else', workOf('adopt', { adopts: 'by-hand' }), undefined, 'adopt'],
    ['adopts, whatever has come over it', workOf('suspend', { adopts: 'by-hand' }), undefined, 'adopt'],
    ['updates what it has adopted', workOf('adopt', { ...handle, adopts: 'by-hand' }), undefined, 'update'],
    ['destroys what it was to adopt', workOf('delete', { adopts: 'by-hand' }), undefined, 'destroy'],
    ['destroys to archive', workOf('archive', handle), undefined, 'destroy'],
    ['destroys to delete', workOf('delete', handle), undefined, 'destroy'],
    ['destroys without a handle: something may exist all the same', workOf('delete'), undefined, 'destroy'],
    ['destroys again while it is being removed', workOf('delete', handle), { looks: 3 }, 'destroy'],
  ])('%s', (_, work, progress, action) => {
    const cursor = progress === undefined ? undefined : cursorOf(work, progress)
    expect(decide({ desired: work, cursor, now: NOW })).toMatchObject({ action })
  })

  it('rests when the tenant is unknown or nothing is open', () => {
    const { operation: _, ...settled } = workOf('update')
    const cursor = cursorOf(workOf('update'), { phase: 'watch' })
    expect(decide({ desired: undefined, cursor, now: NOW })).toEqual({ action: 'rest' })
    expect(decide({ desired: settled, cursor, now: NOW })).toEqual({ action: 'rest' })
  })

  it('rests while the tenant is paused, whatever is open and however late it is', () => {
    const work = workOf('delete', { ...handle, paused: true })
    const now = new Date(Date.parse(work.operation.deadline_at) + 1)
    for (const cursor of [undefined, cursorOf(work, { phase: 'watch', reportedAt: 1 })]) {
      expect(decide({ desired: work, cursor, now })).toEqual({ action: 'rest' })
    }
  })

  it('keeps its place in the operation that it belongs to', () => {
    const work = workOf('update', handle)
    const cursor = cursorOf(work, { phase: 'watch', looks: 4, attempts: 2 })
    expect(decide({ desired: work, cursor, now: NOW })).toEqual({ action: 'look', work, cursor })
  })

  it('leaves a trigger before the next look is due to the timer', () => {
    const work = workOf('update', handle)
    const at = (milliseconds: number) => {
      const cursor = cursorOf(work, { phase: 'watch', dueAt: NOW.getTime() + 5000 })
      return decide({ desired: work, cursor, now: new Date(NOW.getTime() + milliseconds) }).action
    }
    expect([at(0), at(4999)]).toEqual(['keep_timer', 'keep_timer'])
    // The timer was lost.
    expect(at(5000)).toBe('look')
  })

  it.each([
    ['operation', workOf('update', { ...handle, ...newer })],
    ['generation', workOf('update', { ...handle, generation: 2 })],
  ])('starts over for a newer %s', (_, work) => {
    const cursor = cursorOf(workOf('provision'), {
      phase: 'watch',
      looks: 9,
      failures: 3,
      lastError: 'boom',
      dueAt: NOW.getTime() + 5000,
    })
    const decision = decide({ desired: work, cursor, now: NOW })
    expect(decision).toMatchObject({ action: 'update', cursor: { phase: 'apply', looks: 0, failures: 0 } })
  })

  it('turns a provision that is under way into a removal as soon as it is deleted', () => {
    const cursor = cursorOf(workOf('provision'), { phase: 'watch' })
    const deleted = workOf('delete', { ...handle, operation: { ...newer.operation, kind: 'delete' } })
    expect(decide({ desired: deleted, cursor, now: NOW })).toMatchObject({ action: 'destroy' })
  })

  it('goes on counting attempts that the server remembers, after the engine forgot them', () => {
    const work = workOf('update', { operation: { ...newer.operation, attempts: 7 } })
    expect(decide({ desired: work, cursor: undefined, now: NOW })).toMatchObject({ cursor: { attempts: 7 } })
  })

  it.each([
    ['what it waited for', { message: 'pulling image' }, 'pulling image'],
    ['the last error', { message: 'pulling image', lastError: 'registry is down' }, 'registry is down'],
  ])('gives up at the deadline and says %s', (_, progress, last) => {
    const work = workOf('provision')
    const now = new Date(work.operation.deadline_at)
    const decision = decide({ desired: work, cursor: cursorOf(work, { ...progress, reportedAt: 1 }), now })
    expect(decision).toMatchObject({ action: 'give_up', failure: { code: 'timeout', retryable: true } })
    expect(decision).toHaveProperty('failure.message', expect.stringContaining(`last: ${last}`))
  })

  it('gives up at the deadline when only the server remembers that it has started', () => {
    const { operation } = workOf('provision')
    const work = workOf('provision', { operation: { ...operation, started: true } })
    const at = (milliseconds: number) =>
      decide({
        desired: work,
        cursor: undefined,
        now: new Date(Date.parse(operation.deadline_at) + milliseconds),
      }).action
    expect([at(-1), at(0)]).toEqual(['provision', 'give_up'])
  })

  it.each([
    ['provisions', workOf('provision'), undefined, 'provision'],
    ['deletes', workOf('delete', handle), undefined, 'destroy'],
    [
      'deletes, in spite of another operation',
      workOf('delete', handle),
      { operationId: 'op-0', reportedAt: 1 },
      'destroy',
    ],
    ['provisions what an update did not find', workOf('update', handle), { phase: 'recreate' as const }, 'provision'],
  ])('%s once past the deadline when no call was made, with time for it', (_, work, progress, action) => {
    const cursor = progress === undefined ? undefined : cursorOf(work, progress)
    const now = new Date(Date.parse(work.operation.deadline_at) + 3_600_000)
    const decision = decide({ desired: work, cursor, now })
    expect(decision).toMatchObject({ action, work: { operation: { id: 'op-1' } } })
    const deadline = 'work' in decision ? decision.work.operation.deadline_at : ''
    expect(Date.parse(deadline) - now.getTime()).toBe(600_000)
  })
})
