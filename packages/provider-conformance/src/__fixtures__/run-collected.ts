import { expect } from 'vitest'
import { type ConformanceOptions, conformance } from '../conformance.ts'

export interface CollectedResult {
  readonly passed: string[]
  readonly failed: string[]
  readonly skipped: string[]
  /** Why the failed ones failed, in the same order. */
  readonly reasons: string[]
}

/** Runs the suite with a runner of ten lines, all tests at once, and tells which failed. */
export async function runCollected(
  options: Omit<ConformanceOptions, 'describe' | 'it' | 'expect'>,
): Promise<CollectedResult> {
  const tests: { name: string; body: () => Promise<void> }[] = []
  const result: CollectedResult = { passed: [], failed: [], skipped: [], reasons: [] }
  const it = Object.assign(
    (name: string, body: () => Promise<void>) => {
      tests.push({ name, body })
    },
    { skip: (name: string) => result.skipped.push(name) },
  )
  conformance({ describe: (_name, body) => body(), it, expect, ...options })
  const outcomes = await Promise.allSettled(tests.map(({ body }) => body()))
  for (const [index, { name }] of tests.entries()) {
    const outcome = outcomes[index]
    result[outcome?.status === 'fulfilled' ? 'passed' : 'failed'].push(name)
    if (outcome?.status === 'rejected') result.reasons.push(String(outcome.reason))
  }
  return result
}
