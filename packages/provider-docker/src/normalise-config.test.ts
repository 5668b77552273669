import { describe, expect, it } from 'vitest'
import { normaliseConfig } from './normalise-config.ts'

describe('normaliseConfig', () => {
  it('keeps of a limit what the engine keeps', () => {
    // The engine counts in whole billionths of a core.
    const third = normaliseConfig({ image: 'x', resources: { cpu: 1 / 3 } })
    expect(third.resources.cpu).toBe(333_333_333 / 1e9)
    expect(normaliseConfig({ image: 'x', resources: { cpu: 0.5 } }).resources.cpu).toBe(0.5)
    expect(normaliseConfig({ image: 'x' }).resources).toEqual({ pids: 1024 })
  })
})
