import { ApiError, type LiveStatusResult } from '@landlord/api-contract'
import { readStatus } from './read-status.ts'
import type { StepDependencies } from './step.ts'
import { toComputeStatusResponse } from './to-compute-status-response.ts'
import { toFailure } from './to-failure.ts'

const LONGEST_LOOK_MS = 20_000

/** A live look at one tenant. Never rejects but when `signal` is aborted: why there is no answer is an answer. */
export async function liveStatus(
  deps: Pick<StepDependencies, 'client' | 'registry' | 'logger' | 'observer'>,
  tenantId: string,
  signal: AbortSignal,
): Promise<LiveStatusResult> {
  try {
    const { body: desired } = await deps.client.getDesiredState({ params: { id: tenantId }, signal })
    const status = await readStatus(deps, desired, LONGEST_LOOK_MS, signal)
    return { found: true, status: toComputeStatusResponse(tenantId, desired.provider, status) }
  } catch (error) {
    signal.throwIfAborted()
    return { found: false, error: failureOf(error) }
  }
}

export function failureOf(error: unknown): Extract<LiveStatusResult, { found: false }>['error'] {
  if (!ApiError.isInstance(error)) return toFailure(error)
  const code = error.status === 404 ? 'tenant_not_found' : error.code
  return { code, message: error.message, retryable: error.status >= 500, instance_usable: false }
}
