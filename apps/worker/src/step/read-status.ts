import type { DesiredState } from '@landlord/api-contract'
import { type ComputeStatus, TimeoutError } from '@landlord/compute-core'
import { callProvider } from './call-provider.ts'
import type { StepDependencies } from './step.ts'
import { tenantRefOf } from './tenant-call.ts'

/** The live status of a tenant, within `timeoutMs`. Rejects with what the provider rejects with, or a `TimeoutError`. */
export async function readStatus(
  { registry, logger, observer }: Pick<StepDependencies, 'registry' | 'logger' | 'observer'>,
  desired: DesiredState,
  timeoutMs: number,
  signal: AbortSignal,
  traceParent?: string | undefined,
): Promise<ComputeStatus> {
  const provider = registry.get(desired.provider)
  const timeout = () => new TimeoutError({ message: `reading the status took longer than ${timeoutMs / 1000} s` })
  return await callProvider((callSignal) => provider.getStatus(tenantRefOf(desired), { signal: callSignal, logger }), {
    observer,
    of: { provider: desired.provider, method: 'get_status', traceParent },
    signal,
    timeoutMs,
    timeout,
    logger,
  })
}
