import { describe, expect, it, vi } from 'vitest'
import { createTriggers } from './triggers.ts'
import { WorkflowError } from './workflow-error.ts'

const operation = { id: 'op-1', tenant_id: 't-1', trigger_count: 1 }

function start(send: () => Promise<void>) {
  const warn = vi.fn()
  const onFailure = vi.fn()
  const logger = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() }
  const triggers = createTriggers({
    async transaction() {
      throw new Error('disk full')
    },
    workflow: { send },
    now: () => new Date('2026-11-20T12:00:00.000Z'),
    logger,
    onSent: () => {},
    onFailure,
  })
  return { triggers, warn, onFailure }
}

describe('a trigger whose delivery cannot be noted', () => {
  it('counts as delivered when the engine took it', async () => {
    const { triggers, warn, onFailure } = start(async () => {})
    triggers.send(operation)
    await triggers.drain()
    expect(onFailure).not.toHaveBeenCalled()
    expect(warn.mock.calls).toEqual([
      [expect.objectContaining({ operation_id: 'op-1', error: 'disk full' }), expect.stringContaining('not noted')],
    ])
    expect(triggers.size).toBe(0)
  })

  it('does no harm when the engine did not take it either', async () => {
    const { triggers, warn, onFailure } = start(async () => {
      throw new WorkflowError({ reason: 'unreachable', message: 'nobody there' })
    })
    // The second one comes while sends are paused.
    triggers.send(operation)
    await triggers.drain()
    triggers.send(operation)
    await triggers.drain()
    expect(onFailure.mock.calls).toEqual([['unreachable']])
    expect(warn.mock.calls.map(([, text]) => text)).toEqual([
      expect.stringContaining('not delivered'),
      expect.stringContaining('not noted'),
      expect.stringContaining('not noted'),
    ])
    expect(triggers.size).toBe(0)
  })
})
