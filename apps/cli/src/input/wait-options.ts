import type { Command } from 'commander'
import { usageError } from '../cli-error.ts'
import { parseDuration } from './parse-duration.ts'

export interface WaitFlags {
  readonly wait?: boolean
  /** Milliseconds. */
  readonly timeout?: number
}

/** Longer than a slow image takes, shorter than a shift. */
const DEFAULT_TIMEOUT_MS = 10 * 60_000

export function addWaitOptions(command: Command, until: string): Command {
  return command
    .option('--wait', `show each step ${until}; Ctrl-C leaves the operation running`)
    .option('--timeout <duration>', 'how long to wait, e.g. 90s or 10m (default 10m)', parseDuration)
}

/** A plan changes nothing, so there is nothing to wait for. */
export function refuseWaitingForPlan({ dryRun, wait }: { readonly dryRun?: boolean; readonly wait?: boolean }): void {
  if (dryRun === true && wait === true) throw usageError('--dry-run changes nothing that --wait could wait for')
}

export function waitTimeoutMs({ timeout }: WaitFlags): number {
  return timeout ?? DEFAULT_TIMEOUT_MS
}
