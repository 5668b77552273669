import { createHistogram, performance } from 'node:perf_hooks'
import pMap from 'p-map'

const NANOSECONDS_PER_MILLISECOND = 1e6

export interface LatencySummary {
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Runs `work` `count` times, `concurrency` at a time, and sums up how long each took and how many got done per second. */
export async function measure(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<LatencySummary> {
  const histogram = createHistogram()
  const begin = performance.now()
  await pMap(
    Array.from({ length: count }, (_, index) => index),
    async (index) => {
      const start = performance.now()
      await work(index)
      histogram.record(Math.max(1, Math.round((performance.now() - start) * NANOSECONDS_PER_MILLISECOND)))
    },
    { concurrency },
  )
  const seconds = (performance.now() - begin) / 1000
  return {
    perSecond: count / seconds,
    p50Ms: histogram.percentile(50) / NANOSECONDS_PER_MILLISECOND,
    p99Ms: histogram.percentile(99) / NANOSECONDS_PER_MILLISECOND,
  }
}
