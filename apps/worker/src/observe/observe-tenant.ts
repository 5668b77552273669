import type { DesiredState, WorkerObservation } from '@landlord/api-contract'
import { type ComputeProvider, type ConfigChange, TenantNotFoundError, TimeoutError } from '@landlord/compute-core'
import { callProvider } from '../step/call-provider.ts'
import { isRefusal } from '../step/fail-misfit.ts'
import type { ProviderSlots } from '../step/provider-slots.ts'
import type { StepDependencies } from '../step/step.ts'
import { specOf, tenantRefOf } from '../step/tenant-call.ts'
import { toFailure } from '../step/to-failure.ts'
import { unlessGone } from '../step/unless-gone.ts'
import { toObservation } from './to-observation.ts'

export interface ObserveDependencies
  extends Pick<StepDependencies, 'client' | 'registry' | 'logger' | 'observer' | 'secretsOf'> {
  /** Of their own: a look in the background never takes the slot of one that somebody waits for. */
  readonly observeSlots: ProviderSlots
}

/** Of each of the calls. Nobody waits, but a slot is taken. */
const LONGEST_CALL_MS = 60_000

export interface ObservedTenant {
  readonly tenantId: string
  readonly slot: number
}

/**
 * One look at a tenant in the background: what differs from its desired state, as an update would find it, and how it is.
 * Changes nothing, may run twice, and beside a step of the same tenant. Rejects when the server cannot be reached, or when
 * `signal` is aborted.
 */
export async function observeTenant(
  deps: ObserveDependencies,
  { tenantId, slot }: ObservedTenant,
  signal: AbortSignal,
): Promise<'seen' | 'missing' | 'unknown' | 'skipped' | 'gone'> {
  const desired = await unlessGone(deps.client.getDesiredState({ params: { id: tenantId }, signal }))
  if (desired?.version === undefined) return 'gone'
  const fields = { slot, generation: desired.generation, version: desired.version }
  const isQuiet = desired.operation === undefined && desired.paused !== true
  const observation: WorkerObservation = isQuiet
    ? await look(deps, desired, { fields, signal })
    : { ...fields, outcome: 'skipped' }
  await report(deps, tenantId, { observation, signal })
  return observation.outcome
}

type Fields = Pick<WorkerObservation, 'slot' | 'generation' | 'version'>

async function look(
  deps: ObserveDependencies,
  desired: DesiredState,
  { fields, signal }: { fields: Fields; signal: AbortSignal },
): Promise<WorkerObservation> {
  try {
    const provider = deps.registry.get(desired.provider)
    const turn = await deps.observeSlots.run(desired.provider, 'look', () => read(deps, provider, desired, signal))
    // So many wait that the next turn comes as soon.
    if (turn === undefined) return { ...fields, outcome: 'skipped' }
    return toObservation(fields, turn.result)
  } catch (error) {
    signal.throwIfAborted()
    if (TenantNotFoundError.isInstance(error)) return { ...fields, outcome: 'missing', message: error.message }
    deps.logger.debug({ tenant: desired.tenant_id, err: error }, 'a tenant could not be looked at')
    return { ...fields, outcome: 'unknown', error: toFailure(error) }
  }
}

async function read(deps: ObserveDependencies, provider: ComputeProvider, desired: DesiredState, signal: AbortSignal) {
  const { logger, observer, secretsOf } = deps
  const tenant = tenantRefOf(desired)
  const timeout = () => new TimeoutError({ message: `the look took longer than ${LONGEST_CALL_MS / 1000} s` })
  const limits = (method: string) => ({
    ...{ observer, of: { provider: desired.provider, method }, signal, logger, timeout },
    timeoutMs: LONGEST_CALL_MS,
  })
  // The plan first: a provider may keep what it reads for it, and the status costs no further call.
  const changes = await callProvider(async (callSignal): Promise<readonly ConfigChange[]> => {
    if (provider.plan === undefined) return []
    const resolveSecret = secretsOf(desired.tenant_id)
    const options = { signal: callSignal, logger, resolveSecret, priority: 'background' as const }
    return (await provider.plan(tenant, specOf(desired), options)).changes
  }, limits('plan'))
  const status = await callProvider(
    (callSignal) => provider.getStatus(tenant, { signal: callSignal, logger, priority: 'background' }),
    limits('get_status'),
  )
  return { changes, status }
}

async function report(
  { client, logger }: ObserveDependencies,
  tenantId: string,
  { observation, signal }: { observation: WorkerObservation; signal: AbortSignal },
): Promise<void> {
  const send = (body: WorkerObservation) => client.reportObservation({ params: { id: tenantId }, body, signal })
  try {
    await send(observation)
  } catch (error) {
    if (!isRefusal(error)) throw error
    logger.error({ tenant: tenantId, err: error }, 'an observation was refused')
    const { slot, generation, version } = observation
    const failure = toFailure(new Error(`the provider's answer does not fit: ${error.message}`))
    await send({ slot, generation, version, outcome: 'unknown', error: failure })
  }
}
