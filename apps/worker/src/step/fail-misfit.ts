import { ApiError } from '@landlord/api-contract'
import { askUsable } from './ask-usable.ts'
import { FAILURE_CODES } from './failure-codes.ts'
import { fail } from './interpret-error.ts'
import { type Step, tell } from './step.ts'

const LONGEST_REASON = 1000
const REFUSALS: readonly number[] = [400, 413, 422]

/** The server understood a report and will never take it: sending it again changes nothing. */
export function isRefusal(error: unknown): error is ApiError {
  return ApiError.isInstance(error) && REFUSALS.includes(error.status)
}

/**
 * Fails the operation with a report that has nothing of what was refused but the handle, and not even that when the handle is
 * what does not fit. False when a newer operation has taken over.
 */
export async function failMisfit(
  step: Step,
  resourceIds: Readonly<Record<string, string>> | undefined,
  refusal: ApiError,
): Promise<boolean> {
  const { work, deps } = step
  deps.logger.error({ tenant: work.tenant_id, operation: work.operation.id, err: refusal }, 'a report was refused')
  const isUsable = Object.keys(work.resource_ids).length > 0 && (await askUsable(step))
  const { report } = fail(
    work,
    {
      code: FAILURE_CODES.notOfTheContract,
      message: `the provider's answer does not fit: ${refusal.message.slice(0, LONGEST_REASON)}`,
      retryable: false,
      instance_usable: isUsable,
    },
    false,
  )
  if (resourceIds === undefined) return tell(step, report)
  try {
    return await tell(step, { ...report, resource_ids: resourceIds })
  } catch (error) {
    if (!isRefusal(error)) throw error
    return tell(step, report)
  }
}
