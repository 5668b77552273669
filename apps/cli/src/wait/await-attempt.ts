import { setTimeout as sleep } from 'node:timers/promises'
import { CliError } from '../cli-error.ts'
import type { Session } from '../session.ts'

const LOOK_INTERVAL_MS = 300
/** An endpoint has a minute at most, and others may be before it. */
const PATIENCE_MS = 90_000

/** Waits for one more attempt at a delivery. Throws `CliError` when it did not get through, or was not made in time. */
export async function awaitAttempt(
  { client, terminal }: Session,
  params: { readonly id: string; readonly delivery: string },
  attempts: number,
): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS
  while (performance.now() < giveUpAt) {
    const { body } = await client.getDelivery({ params })
    if (body.attempt_count > attempts) {
      const error = body.attempts.at(-1)?.error
      if (error === undefined) return
      const plan = body.next_attempt_at === undefined ? [] : [`it is tried again at ${body.next_attempt_at}`]
      throw new CliError({ reason: 'operation_failed', message: `not delivered: ${error}`, wayOut: plan })
    }
    await sleep(LOOK_INTERVAL_MS)
  }
  terminal.note('no attempt was made yet')
  throw new CliError({
    reason: 'wait_timeout',
    message: 'the delivery was not attempted in time',
    wayOut: [`see how it goes with: landlord webhook deliveries ${params.id} ${params.delivery}`],
  })
}
