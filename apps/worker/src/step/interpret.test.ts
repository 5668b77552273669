import {
  AccessDeniedError,
  ConflictError,
  TenantNotFoundError,
  ThrottledError,
  UnavailableError,
  UpdateFailedError,
} from '@landlord/compute-core'
import { describe, expect, it } from 'vitest'
import { cursorOf, NOW, workOf } from '../../test/work-of.ts'
import type { Cursor, Work } from './cursor.ts'
import type { ProviderAction } from './decide.ts'
import { interpret } from './interpret.ts'
import { interpretError } from './interpret-error.ts'

const handle = { resource_ids: { service: 's-1' } }
const context = (work: Work, action: ProviderAction, cursor: Partial<Cursor> = {}) => ({
  work,
  action,
  cursor: cursorOf(work, cursor),
  now: NOW,
  maxAttempts: 3,
})

describe('interpret', () => {
  it.each(['success', 'in_progress'] as const)('saves the handle before it looks (%s)', (status) => {
    const result = { status, resourceIds: { service: 's-1' }, message: 'creating' }
    const verdict = interpret(context(workOf('provision'), 'provision'), { kind: 'applied', result })
    expect(verdict).toMatchObject({
      next: 'look',
      report: { outcome: 'in_progress', resource_ids: { service: 's-1' }, message: 'creating', operation_id: 'op-1' },
      cursor: { phase: 'watch', looks: 0 },
    })
  })

  it('asks again while it is being adopted, and saves the handle once it is', () => {
    const adopting = context(workOf('adopt', { adopts: 'by-hand' }), 'adopt')
    const result = { status: 'in_progress' as const, resourceIds: { service: 's-1' }, message: 'marking' }
    expect(interpret(adopting, { kind: 'adoption', result })).toMatchObject({
      next: 'wait',
      cursor: { phase: 'apply', looks: 1 },
      report: { outcome: 'in_progress', resource_ids: {}, message: 'marking' },
    })
    expect(interpret(adopting, { kind: 'adoption', result: { ...result, status: 'success' } })).toMatchObject({
      next: 'wait',
      delayMs: 0,
      cursor: { phase: 'apply' },
      report: { outcome: 'in_progress', resource_ids: { service: 's-1' } },
    })
  })

  it('never makes anew what it was to adopt', () => {
    const work = workOf('adopt', { ...handle, adopts: 'by-hand' })
    for (const action of ['update', 'look'] as const) {
      const verdict = interpretError(context(work, action), new TenantNotFoundError({ message: 'gone' }))
      expect(verdict).toMatchObject({ next: 'fail', report: { error: { code: 'tenant_not_found' } } })
    }
  })

  it('reports what an update changed', () => {
    const changes = [{ path: '/image', from: 'a', to: 'b', effect: 'replace' as const }]
    const result = { status: 'in_progress' as const, resourceIds: { service: 's-1' }, changes }
    const verdict = interpret(context(workOf('update', handle), 'update'), { kind: 'applied', result })
    expect(verdict).toMatchObject({ next: 'look', report: { changes } })
  })

  it('claims no changes where there were none', () => {
    const result = { status: 'no_changes' as const, resourceIds: { service: 's-1' }, changes: [] }
    const verdict = interpret(context(workOf('reconcile', handle), 'update'), { kind: 'applied', result })
    expect(verdict).toMatchObject({ next: 'look' })
    expect(verdict).not.toHaveProperty('report.changes')
  })

  it('forgets earlier errors once a call worked', () => {
    const result = { status: 'success' as const, resourceIds: {} }
    const before = { failures: 2, attempts: 2, lastError: 'boom' }
    const verdict = interpret(context(workOf('provision'), 'provision', before), { kind: 'applied', result })
    expect(verdict).toMatchObject({ cursor: { failures: 0, attempts: 2 } })
    expect(verdict).not.toHaveProperty('cursor.lastError')
  })

  it.each([
    ['provision', 'provision_failed', false],
    ['update', 'update_failed', true],
  ] as const)('fails a %s that the target refused, keeps its handle, and asks what still serves', (kind, code, ask) => {
    const work = workOf(kind, kind === 'update' ? handle : {})
    const result = { status: 'failed' as const, resourceIds: { service: 's-2' }, message: 'no capacity', changes: [] }
    const verdict = interpret(context(work, kind), { kind: 'applied', result })
    expect(verdict).toMatchObject({
      next: 'fail',
      askUsable: ask,
      report: { resource_ids: { service: 's-2' }, error: { code, message: 'no capacity' } },
    })
  })

  it('provisions at once what an update did not find, without counting it as a failure', () => {
    const error = new TenantNotFoundError({ message: 'gone' })
    const verdict = interpret(context(workOf('update', handle), 'update'), { kind: 'rejected', error })
    expect(verdict).toMatchObject({ next: 'wait', delayMs: 0, cursor: { phase: 'recreate', attempts: 0 } })
    // With an empty handle: the tenant is to be found where the new configuration says, not where it was.
    expect(verdict).toMatchObject({ report: { outcome: 'in_progress', resource_ids: {} } })
  })

  it.each([
    ['destroyed', { kind: 'removal', result: { status: 'destroyed', resourceIds: {} } }],
    ['not found', { kind: 'rejected', error: new TenantNotFoundError({ message: 'nothing' }) }],
  ] as const)('has removed what is %s', (_, call) => {
    const verdict = interpret(context(workOf('delete', handle), 'destroy'), call)
    expect(verdict).toMatchObject({ next: 'succeed', report: { resource_ids: {}, endpoints: [] } })
  })

  it('asks again, ever more slowly, while something is being removed', () => {
    const delays = [0, 1, 5, 30].map((looks) => {
      const result = { status: 'in_progress' as const, resourceIds: { service: 's-1' } }
      const verdict = interpret(context(workOf('delete', handle), 'destroy', { looks }), { kind: 'removal', result })
      expect(verdict).toMatchObject({ next: 'wait', cursor: { looks: looks + 1, phase: 'apply' } })
      return verdict.next === 'wait' ? verdict.delayMs : Number.NaN
    })
    expect(delays).toEqual([200, 300, 1519, 15_000])
  })
})

describe('interpretError', () => {
  const unavailable = new UnavailableError({ message: 'engine is down' })

  it('backs off from what may pass, and says when it tries again', () => {
    const verdict = interpretError(context(workOf('provision'), 'provision', { attempts: 4 }), unavailable)
    expect(verdict).toMatchObject({
      next: 'wait',
      cursor: { failures: 1, attempts: 5, lastError: 'engine is down' },
      report: { outcome: 'backing_off', attempts: 5, error: { code: 'unavailable', retryable: true } },
    })
    if (verdict.next !== 'wait' || verdict.report?.outcome !== 'backing_off') throw new Error('unreachable')
    expect(verdict.delayMs).toBeGreaterThanOrEqual(500)
    expect(verdict.delayMs).toBeLessThanOrEqual(1000)
    expect(Date.parse(verdict.report.next_retry_at)).toBe(NOW.getTime() + verdict.delayMs)
  })

  it('waits as long as a target asks for', () => {
    const error = new ThrottledError({ message: 'slow down', retryAfterMs: 42_000 })
    expect(interpretError(context(workOf('provision'), 'provision'), error)).toMatchObject({ delayMs: 42_000 })
  })

  it('never waits past the deadline', () => {
    const error = new ThrottledError({ message: 'slow down', retryAfterMs: 3_600_000 })
    expect(interpretError(context(workOf('provision'), 'provision'), error)).toMatchObject({ delayMs: 600_000 })
  })

  it('gives up after so many failures in a row, and names the last', () => {
    const verdict = interpretError(context(workOf('update', handle), 'update', { failures: 2 }), unavailable)
    expect(verdict).toMatchObject({ next: 'fail', askUsable: true, report: { error: { code: 'unavailable' } } })
    expect(verdict).toHaveProperty('report.error.message', expect.stringMatching(/3 failed attempts.*engine is down/))
  })

  it('never gives up a removal before its deadline', () => {
    const verdict = interpretError(context(workOf('delete', handle), 'destroy', { failures: 50 }), unavailable)
    expect(verdict).toMatchObject({ next: 'wait' })
  })

  it.each([
    ['provision', new AccessDeniedError({ message: 'no' }), 'access_denied', false],
    ['update', new AccessDeniedError({ message: 'no' }), 'access_denied', true],
    ['destroy', new ConflictError({ message: 'not ours' }), 'conflict', true],
  ] as const)('fails at once what cannot pass (%s)', (action, error, code, ask) => {
    const kind = action === 'destroy' ? 'delete' : action
    const work = workOf(kind, kind === 'provision' ? {} : handle)
    const verdict = interpretError(context(work, action), error)
    expect(verdict).toMatchObject({ next: 'fail', askUsable: ask, report: { error: { code, retryable: false } } })
  })

  it("takes the provider's word for whether the instance still serves", () => {
    const error = new UpdateFailedError({ message: 'rolled back', instanceUsable: true })
    const verdict = interpretError(context(workOf('update', handle), 'update'), error)
    expect(verdict).toMatchObject({ next: 'fail', askUsable: false, report: { error: { instance_usable: true } } })
  })

  it('provisions again what disappeared while it was watched', () => {
    const error = new TenantNotFoundError({ message: 'nothing there' })
    const verdict = interpretError(context(workOf('update', handle), 'look', { phase: 'watch' }), error)
    expect(verdict).toMatchObject({ next: 'wait', cursor: { phase: 'recreate', failures: 1 } })
  })

  it('takes an error that is none of the contract for a defect that may pass', () => {
    const verdict = interpretError(context(workOf('provision'), 'provision'), new TypeError('x is undefined'))
    expect(verdict).toMatchObject({ next: 'wait', report: { error: { code: 'internal_error', retryable: true } } })
  })

  it('waits equally long in a replay, and differently for different operations', () => {
    const delayOf = (id: string) => {
      const work = workOf('provision', { operation: { ...workOf('provision').operation, id } })
      const verdict = interpretError(context(work, 'provision', { failures: 1 }), unavailable)
      return verdict.next === 'wait' ? verdict.delayMs : Number.NaN
    }
    expect(delayOf('a')).toBe(delayOf('a'))
    expect(new Set(['a', 'b', 'c', 'd'].map(delayOf)).size).toBe(4)
  })
})
