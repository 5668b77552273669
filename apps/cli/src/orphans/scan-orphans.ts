import { setTimeout as sleep } from 'node:timers/promises'
import type { OrphanScan } from '@landlord/api-contract'
import { CliError } from '../cli-error.ts'
import { formatDuration } from '../render/format-time.ts'
import type { Session } from '../session.ts'
import { createOutage } from '../wait/outage.ts'
import { createProgressLine, type ProgressLine } from '../wait/progress-line.ts'

const LOOK_INTERVAL_MS = 500

/** Starts a scan, or joins the one under way, and waits for its end. Throws `CliError` when it failed. */
export async function scanOrphans(session: Session, provider: string | undefined, timeoutMs: number): Promise<void> {
  const { client, context, terminal } = session
  const { body } = await client.scanOrphans({ query: provider === undefined ? {} : { provider } })
  const providers = body.scans.map((scan) => scan.provider)
  const interruption = new AbortController()
  const stopListening = context.onInterrupt(() => interruption.abort())
  const line = await createProgressLine(terminal, 'scan')
  try {
    const scans = await waitForScans(session, { providers, line, timeoutMs, signal: interruption.signal })
    throwFailures(scans)
  } catch (error) {
    if (!interruption.signal.aborted) throw error
    const wayOut = ['see what it found with: landlord orphans']
    throw new CliError({ reason: 'interrupted', message: 'interrupted; the scan goes on', wayOut })
  } finally {
    line.stop()
    stopListening()
  }
}

interface ScanWait {
  readonly providers: readonly string[]
  readonly line: ProgressLine
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

async function waitForScans(session: Session, wait: ScanWait): Promise<readonly OrphanScan[]> {
  const { providers, line, timeoutMs, signal } = wait
  const endsAt = performance.now() + timeoutMs
  const outage = createOutage((detail) => line.show({ text: 'the server does not answer; still trying', detail }))
  for (;;) {
    const seen = await outage.bridge(() => session.client.listOrphans({ query: { limit: 1 }, signal }), signal)
    const scans = seen?.body.scans.filter(({ provider }) => providers.includes(provider)) ?? []
    if (seen !== undefined && scans.every(({ state }) => state !== 'running')) return scans
    if (scans.length > 0) line.show({ text: 'under way', detail: scans.map(describe).join(', ') })
    if (performance.now() > endsAt) {
      throw new CliError({
        reason: 'wait_timeout',
        message: `the scan was not through within ${formatDuration(timeoutMs)}; it goes on`,
        wayOut: ['wait on: landlord orphans --scan', 'is a worker there? landlord version'],
      })
    }
    await sleep(LOOK_INTERVAL_MS, undefined, { signal })
  }
}

function describe({ provider, resources, state }: OrphanScan): string {
  return `${provider}: ${resources} resources${state === 'running' ? '' : `, ${state}`}`
}

function throwFailures(scans: readonly OrphanScan[]): void {
  const failed = scans.filter(({ state }) => state === 'failed')
  if (failed.length === 0) return
  const reasons = failed.map(({ provider, error }) => `${provider}: ${error?.message} (${error?.code})`)
  throw new CliError({
    reason: 'operation_failed',
    message: `the scan failed: ${reasons.join('; ')}`,
    wayOut: ['what the scan before found is still there: landlord orphans'],
  })
}
