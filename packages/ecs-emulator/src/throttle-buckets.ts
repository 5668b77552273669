import type { EmulatorClock } from './clock.ts'

interface Bucket {
  readonly operations: readonly string[]
  readonly burst: number
  readonly perSecond: number
}

/** Documented: ECS request throttling, per account and Region. */
const BUCKETS: readonly Bucket[] = [
  { operations: ['CreateService', 'UpdateService', 'DeleteService'], burst: 50, perSecond: 5 },
  { operations: ['DescribeServices', 'ListServices'], burst: 100, perSecond: 20 },
  { operations: ['ListTasks', 'DescribeTasks'], burst: 100, perSecond: 20 },
  { operations: ['TagResource', 'UntagResource'], burst: 20, perSecond: 10 },
  { operations: ['ListTagsForResource', 'DescribeTaskDefinition', 'DescribeClusters'], burst: 50, perSecond: 20 },
  { operations: ['ListServiceDeployments', 'DescribeServiceDeployments'], burst: 50, perSecond: 20 },
  { operations: ['DescribeServiceRevisions'], burst: 50, perSecond: 20 },
  { operations: ['RegisterTaskDefinition', 'DeregisterTaskDefinition'], burst: 20, perSecond: 1 },
]

interface Level {
  tokens: number
  at: number
}

/** The account's real request rates, on the emulator's clock. Off until switched on. */
export class ThrottleBuckets {
  enabled = false
  readonly #clock: EmulatorClock
  readonly #levels = new Map<Bucket, Level>()

  constructor(clock: EmulatorClock) {
    this.#clock = clock
  }

  /** Takes a token; false when the call must be refused. Operations without a published rate always pass. */
  admit(operation: string): boolean {
    const bucket = this.enabled ? BUCKETS.find(({ operations }) => operations.includes(operation)) : undefined
    if (bucket === undefined) return true
    const now = this.#clock.now()
    const level = this.#levels.get(bucket) ?? { tokens: bucket.burst, at: now }
    const refilled = Math.min(bucket.burst, level.tokens + ((now - level.at) / 1000) * bucket.perSecond)
    const admitted = refilled >= 1
    this.#levels.set(bucket, { tokens: admitted ? refilled - 1 : refilled, at: now })
    return admitted
  }

  clear(): void {
    this.enabled = false
    this.#levels.clear()
  }
}
