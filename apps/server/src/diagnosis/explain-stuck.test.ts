import { describe, expect, it } from 'vitest'
import type { OpenOperation } from '../store/operation-store.ts'
import { explainStuck } from './explain-stuck.ts'

const NOW = new Date('2026-01-01T01:00:00.000Z')
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString()

function operation(over: Partial<OpenOperation>): OpenOperation {
  return {
    id: 'op-1',
    tenant_id: 't-1',
    tenant_name: 'acme',
    kind: 'provision',
    generation: 1,
    state: 'pending',
    attempts: 0,
    message: null,
    next_retry_at: null,
    error: null,
    changes: '[]',
    config: null,
    final_tenant: null,
    trace_parent: null,
    deadline_at: minutesAgo(-30),
    trigger_count: 0,
    unanswered_count: 0,
    triggered_at: null,
    progressed_at: minutesAgo(0),
    created_at: minutesAgo(10),
    started_at: null,
    finished_at: null,
    paused_at: null,
    ...over,
  }
}

describe('explainStuck', () => {
  const error = JSON.stringify({ code: 'access_denied', message: 'ecs:CreateService is not allowed' })
  const running = { state: 'running', started_at: minutesAgo(9) }
  it.each<[string, Partial<OpenOperation>, RegExp | undefined, RegExp | undefined]>([
    ['that is new', { created_at: minutesAgo(0.5) }, undefined, undefined],
    ['that the engine has not taken', {}, /10 min: the workflow engine has not taken it/, /start the workflow engine/],
    [
      'that no worker has begun',
      { triggered_at: minutesAgo(9), trigger_count: 4 },
      /sent 5 times.*no worker has begun/,
      /start a worker/,
    ],
    [
      'that fails again and again',
      { ...running, state: 'backing-off', attempts: 7, error, next_retry_at: minutesAgo(-1) },
      /failed 7 times.*access_denied, ecs:CreateService is not allowed/,
      /landlord reconcile acme/,
    ],
    ['that gets on', { ...running, progressed_at: minutesAgo(1) }, undefined, undefined],
    [
      'that nobody reports of',
      { ...running, progressed_at: minutesAgo(6), message: 'pulling nginx' },
      /nothing was heard for 6 min; last: pulling nginx/,
      /landlord reconcile acme/,
    ],
    ['that nobody ends', { ...running, deadline_at: minutesAgo(1) }, /its deadline was/, /landlord retry acme/],
    [
      'whose deadline passed before it began: it has all of its time left',
      { deadline_at: minutesAgo(1), triggered_at: minutesAgo(9) },
      /no worker has begun/,
      /start a worker/,
    ],
    ['of a paused tenant', { paused_at: minutesAgo(5) }, /is paused since/, /landlord unpause acme/],
  ])('explains one %s', (_, over, reason, fix) => {
    const explanation = explainStuck(operation(over), NOW)
    if (reason === undefined || fix === undefined) return expect(explanation).toBeUndefined()
    expect(explanation?.reason).toMatch(reason)
    expect(explanation?.fix).toMatch(fix)
  })
})
