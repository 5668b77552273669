import type { DiagnosisCheck } from '@landlord/api-contract'
import { type ComputeProvider, TenantNotFoundError, TimeoutError } from '@landlord/compute-core'
import { callProvider } from '../step/call-provider.ts'
import type { StepDependencies } from '../step/step.ts'
import { toFailure } from '../step/to-failure.ts'

const LONGEST_CHECK_MS = 10_000
/** Of no tenant: no UUID of version 7 is this. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/**
 * Calls a provider's target in the cheapest way that the contract has, with the credentials that the worker works with: the
 * first of what it owns, else the status of a tenant that does not exist. Changes nothing. Rejects only when aborted.
 */
export async function checkProvider(
  { registry, observer, logger }: Pick<StepDependencies, 'registry' | 'observer' | 'logger'>,
  name: string,
  signal: AbortSignal,
): Promise<DiagnosisCheck> {
  const provider = registry.get(name)
  const isListed = provider.listOwned !== undefined
  const startedAt = performance.now()
  try {
    await callProvider((callSignal) => touch(provider, { signal: callSignal, logger }), {
      observer,
      of: { provider: name, method: isListed ? 'list_owned' : 'get_status' },
      signal,
      timeoutMs: LONGEST_CHECK_MS,
      timeout: () => new TimeoutError({ message: `no answer within ${LONGEST_CHECK_MS / 1000} s` }),
      logger,
    })
    const milliseconds = Math.round(performance.now() - startedAt)
    return {
      name: `provider ${name}`,
      status: 'ok',
      message: `its target takes the worker's calls (${milliseconds} ms)`,
    }
  } catch (error) {
    signal.throwIfAborted()
    return { name: `provider ${name}`, ...explain(error) }
  }
}

async function touch(provider: ComputeProvider, options: Parameters<ComputeProvider['getStatus']>[1]): Promise<void> {
  if (provider.listOwned !== undefined) {
    for await (const _ of provider.listOwned(options)) return
    return
  }
  const nobody = { tenantId: NOBODY, providerConfig: provider.configDefaults ?? {}, resourceIds: {} }
  await provider.getStatus(nobody, options).catch((error: unknown) => {
    if (!TenantNotFoundError.isInstance(error)) throw error
  })
}

const FIXES: Readonly<Record<string, string>> = {
  access_denied: 'give the worker credentials that may do what the message names',
  unavailable: "start the target, or correct its address in the provider's block under compute:",
  timeout: "see whether the worker's machine reaches the target",
  throttled: 'nothing; lower the request rate of the provider if it stays',
  quota_exceeded: 'free some room at the target, or have the limit raised',
}

function explain(error: unknown): Pick<DiagnosisCheck, 'status' | 'message' | 'fix'> {
  const { code, message } = toFailure(error)
  // Without a place to look at there is nothing to call; a tenant may well name one.
  const isUnsettled = code === 'invalid_config'
  return {
    status: isUnsettled || code === 'throttled' ? 'warning' : 'error',
    message: isUnsettled ? `cannot be looked at without a tenant: ${message}` : `${code}: ${message}`,
    fix: FIXES[code] ?? "correct the provider's block under compute: of the worker",
  }
}
