import type { ProviderCapabilities } from '@landlord/compute-core'
import type { Bench } from './bench.ts'

/** One proof. Its name says in plain words what holds once it passes. */
interface Part {
  readonly name: string
  /** Skipped unless the manifest says so. Default: never skipped. */
  readonly when?: (capabilities: ProviderCapabilities) => boolean
  run(bench: Bench): Promise<void>
}

export interface PartGroup {
  readonly title: string
  readonly parts: readonly Part[]
}
