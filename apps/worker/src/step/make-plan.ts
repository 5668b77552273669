import type { DesiredState, PlanAnswer } from '@landlord/api-contract'
import {
  CapabilityUnsupportedError,
  type ComputePlan,
  type ComputeProvider,
  type ReadOptions,
  TimeoutError,
} from '@landlord/compute-core'
import { callProvider } from './call-provider.ts'
import type { StepDependencies } from './step.ts'
import { specOf, tenantRefOf } from './tenant-call.ts'
import { toFailure } from './to-failure.ts'
import { unlessGone } from './unless-gone.ts'

/** The server waits a little longer than this. */
const LONGEST_PLAN_MS = 20_000

type PlanDependencies = Pick<StepDependencies, 'client' | 'registry' | 'logger' | 'observer' | 'secretsOf'>

/**
 * Makes the plan that the server asks for, and tells it to the server. Why there is none is an answer too. Rejects when the
 * server cannot be reached or `signal` is aborted.
 */
export async function makePlan(deps: PlanDependencies, planId: string, signal: AbortSignal): Promise<void> {
  const params = { id: planId }
  const desired = await unlessGone(deps.client.getPlanRequest({ params, signal }))
  // Whoever asked has gone.
  if (desired === undefined) return
  const body = await answer(deps, desired, signal)
  await deps.client.answerPlan({ params, body, signal })
}

async function answer(deps: PlanDependencies, desired: DesiredState, signal: AbortSignal): Promise<PlanAnswer> {
  try {
    if (desired.adopts !== undefined) return await planAdoption(deps, { desired, resource: desired.adopts, signal })
    const { action, changes, warnings = [] } = await plan(deps, desired, signal)
    return { outcome: 'planned', action, changes: [...changes], warnings: [...warnings] }
  } catch (error) {
    signal.throwIfAborted()
    deps.logger.info({ tenant: desired.tenant_id, err: error }, 'there is no plan')
    return { outcome: 'failed', error: toFailure(error) }
  }
}

async function plan(deps: PlanDependencies, desired: DesiredState, signal: AbortSignal): Promise<ComputePlan> {
  return await ask(deps, { desired, method: 'plan', signal }, async (provider, options) => {
    const planned = await provider.plan?.(tenantRefOf(desired), specOf(desired), options)
    if (planned !== undefined) return planned
    throw new CapabilityUnsupportedError({ message: `provider "${provider.name}" of this worker cannot plan` })
  })
}

async function planAdoption(
  deps: PlanDependencies,
  {
    desired,
    resource,
    signal,
  }: { readonly desired: DesiredState; readonly resource: string; readonly signal: AbortSignal },
): Promise<PlanAnswer> {
  const { tenantId, providerConfig } = specOf(desired)
  const planned = await ask(deps, { desired, method: 'plan_adoption', signal }, async (provider, options) => {
    const adoption = await provider.planAdoption?.({ tenantId, resource, providerConfig }, options)
    if (adoption !== undefined) return adoption
    throw new CapabilityUnsupportedError({ message: `provider "${provider.name}" of this worker cannot adopt` })
  })
  const { config, steps, changes, warnings, fingerprint } = planned
  return {
    outcome: 'adoption_planned',
    resource: { ...planned.resource },
    config,
    steps: [...steps],
    changes: [...changes],
    warnings: [...warnings],
    fingerprint,
  }
}

async function ask<Answer>(
  { registry, logger, observer, secretsOf }: PlanDependencies,
  {
    desired,
    method,
    signal,
  }: { readonly desired: DesiredState; readonly method: string; readonly signal: AbortSignal },
  call: (provider: ComputeProvider, options: ReadOptions) => Promise<Answer>,
): Promise<Answer> {
  const provider = registry.get(desired.provider)
  const timeout = () => new TimeoutError({ message: `planning took longer than ${LONGEST_PLAN_MS / 1000} s` })
  const resolveSecret = secretsOf(desired.tenant_id)
  return await callProvider((callSignal) => call(provider, { signal: callSignal, logger, resolveSecret }), {
    observer,
    of: { provider: desired.provider, method },
    signal,
    timeoutMs: LONGEST_PLAN_MS,
    timeout,
    logger,
  })
}
