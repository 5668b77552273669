import { describe, expect, it } from 'vitest'
import { assessContainer } from './assess-container.ts'
import type { Container } from './read-tenant.ts'

const ENDED = '2026-01-01T00:00:00Z'

/** As it is so many milliseconds after the container was killed. */
function assessKilled(afterMs: number, { oomKilled = false, memory = 64 } = {}) {
  const container = {
    State: { Status: 'exited', ExitCode: 137, OOMKilled: oomKilled, Error: '', FinishedAt: ENDED },
    Config: { Labels: {} },
    HostConfig: { Memory: memory, RestartPolicy: { Name: 'no' } },
    RestartCount: 0,
  } as unknown as Container
  return assessContainer(container, { now: new Date(Date.parse(ENDED) + afterMs), stableAfterMs: 0 })
}

describe('assessContainer', () => {
  it('waits a moment for the reason why a container was killed', () => {
    expect(assessKilled(500)).toMatchObject({ state: 'failed', settled: false })
    expect(assessKilled(500, { oomKilled: true })).toMatchObject({ reason: 'out_of_memory', settled: true })
    expect(assessKilled(1_500)).toMatchObject({ reason: 'exited', settled: true })
  })

  it('names memory as a possible cause where the engine never says it', () => {
    expect(assessKilled(1_500).message).toContain('more memory than resources.memory allows')
    expect(assessKilled(1_500, { memory: 0 }).message).toBe('it ended with exit code 137')
  })

  it('waits for nothing where memory has no limit', () => {
    expect(assessKilled(500, { memory: 0 })).toMatchObject({ reason: 'exited', settled: true })
  })
})
