import Table from 'cli-table3'
import type { LatencySummary } from './latency.ts'

/** A table of latencies whose first columns are `heads`. */
export function latencyTable(...heads: readonly string[]): InstanceType<typeof Table> {
  return new Table({
    head: [...heads, 'per second', 'p50 ms', 'p99 ms', 'note'],
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
    style: { head: [], border: [] },
    colAligns: [...heads.map(() => 'left' as const), 'right', 'right', 'right', 'left'],
  })
}

export function latencyCells({ perSecond, p50Ms, p99Ms }: LatencySummary): string[] {
  return [perSecond.toFixed(0), p50Ms.toFixed(1), p99Ms.toFixed(1)]
}
