import type { WorkerObservation } from '@landlord/api-contract'
import type { ComputeStatus, ConfigChange } from '@landlord/compute-core'
import { toEndpoint } from '../step/to-compute-status-response.ts'

/** Enough for a person. */
const LONGEST_MESSAGE = 1000

/** Pure. What was read of a tenant, in the server's terms. */
export function toObservation(
  fields: Pick<WorkerObservation, 'slot' | 'generation' | 'version'>,
  { changes, status }: { readonly changes: readonly ConfigChange[]; readonly status: ComputeStatus },
): WorkerObservation {
  const { state, health, settled, reason, idle, message, observedConfig } = status
  return {
    ...fields,
    outcome: 'seen',
    state,
    health,
    settled,
    changes: [...changes],
    endpoints: status.endpoints.map(toEndpoint),
    ...(reason === undefined ? {} : { reason }),
    ...(idle === undefined ? {} : { idle }),
    ...(message === undefined ? {} : { message: message.slice(0, LONGEST_MESSAGE) }),
    ...(observedConfig === undefined ? {} : { observed_config: observedConfig }),
  }
}
