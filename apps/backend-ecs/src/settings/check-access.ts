import { readListenAddress } from '../http/listen-address.ts'
import { readTlsFiles } from '../http/tls-files.ts'
import type { BackendSettings } from './backend-settings.ts'

/**
 * What the schema cannot say: whether the address is guarded, and the files of TLS are there and fit. Rejects with an
 * `AggregateError` of all that is wrong.
 */
export async function checkAccess(settings: BackendSettings): Promise<void> {
  const { tls } = settings
  const checks = [
    async () => readListenAddress(settings),
    async () => (tls === undefined ? undefined : await readTlsFiles(tls)),
  ]
  const outcomes = await Promise.allSettled(checks.map((check) => check()))
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
  if (failures.length > 0) throw new AggregateError(failures)
}
