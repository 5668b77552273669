import {
  type LiveStatusResult,
  OBSERVE_HANDLER,
  type ObserveRequest,
  PLAN_HANDLER,
  type PlanHandlerRequest,
  RECONCILE_HANDLER,
  type ReconcileRequest,
  STATUS_HANDLER,
  TENANT_OBJECT,
} from '@landlord/api-contract'
import {
  handlers,
  type ObjectContext,
  type ObjectSharedContext,
  object,
  rpc,
  type VirtualObjectDefinition,
} from '@restatedev/restate-sdk'
import { type ObserveDependencies, observeTenant } from '../observe/observe-tenant.ts'
import { type Cursor, due } from '../step/cursor.ts'
import { liveStatus } from '../step/live-status.ts'
import { makePlan } from '../step/make-plan.ts'
import { reconcileStep, type StepResult } from '../step/reconcile-step.ts'
import type { StepDependencies } from '../step/step.ts'
import type { RunningSteps } from './running-steps.ts'

export interface TenantObjectOptions {
  readonly deps: StepDependencies & ObserveDependencies
  readonly running: RunningSteps
}

// The version is part of the name: a build that changes the shape of the cursor does not find the old one, and starts again.
type TenantState = { progress_v1: { readonly tick: number; readonly cursor: Cursor | null } }

/** What the engine can call; part of what it learns at registration. */
export const HANDLERS = [RECONCILE_HANDLER, STATUS_HANDLER, PLAN_HANDLER, OBSERVE_HANDLER] as const

interface TenantHandlers {
  [RECONCILE_HANDLER](context: ObjectContext<TenantState>, request?: ReconcileRequest): Promise<string>
  [STATUS_HANDLER](context: ObjectSharedContext<TenantState>): Promise<LiveStatusResult>
  [PLAN_HANDLER](context: ObjectSharedContext<TenantState>, request: PlanHandlerRequest): Promise<void>
  [OBSERVE_HANDLER](context: ObjectSharedContext<TenantState>, request: ObserveRequest): Promise<string>
}

export type TenantObject = VirtualObjectDefinition<typeof TENANT_OBJECT, TenantHandlers>

const TICK_RANGE = 2 ** 48
/** For a queue for a slot, the reports and the status read around one call of a provider. */
const AROUND_A_CALL_MS = 180_000
const ABORT_MS = 60_000
/** Longer than any sender repeats a send that it could not confirm. */
const IDEMPOTENCY_MS = 600_000
/** What the engine keeps of a handler that only looks. */
const UNKEPT = { journalRetention: 0, idempotencyRetention: 0 }
const FIRST_RETRY_MS = 200
const LONGEST_RETRY_MS = 15_000

/**
 * The virtual object `Tenant`: one step per invocation, which sends itself the next one. The engine contributes the lock per
 * tenant, the timer and the cursor; everything else is `reconcileStep`.
 */
export function createTenantObject(options: TenantObjectOptions): TenantObject {
  const { deps, running } = options

  const reconcile = async (context: ObjectContext<TenantState>, request?: ReconcileRequest): Promise<string> => {
    const progress = await context.get('progress_v1')
    if (request?.tick !== undefined && request.tick !== progress?.tick) return 'stale_timer'
    const isDue = request?.tick !== undefined || request?.now === true
    const known = progress?.cursor ?? undefined
    const cursor = known !== undefined && isDue ? due(known) : known
    const { attemptCompletedSignal } = context.request()
    const result: StepResult = await context.run('step', () =>
      running.track(attemptCompletedSignal, (signal) => reconcileStep(deps, context.key, cursor, signal)),
    )
    if (result.next === 'rest') {
      if (progress !== null) context.clear('progress_v1')
      return 'done'
    }
    // Triggers pile up while a worker is away. The timer's number stays valid.
    if (result.next === 'keep_timer') return 'too_early'
    // Every older timer is out of date from here on. The number is the same in a replay, and costs no journal entry.
    const tick = Math.floor(context.rand.random() * TICK_RANGE)
    context.set('progress_v1', { tick, cursor: result.cursor })
    const self = context.objectSendClient<TenantHandlers>({ name: TENANT_OBJECT }, context.key)
    self[RECONCILE_HANDLER]({ tick }, rpc.sendOpts({ delay: result.delayMs }))
    return 'again'
  }

  const status = (context: ObjectSharedContext<TenantState>): Promise<LiveStatusResult> =>
    running.track(context.request().attemptCompletedSignal, (signal) => liveStatus(deps, context.key, signal))

  const plan = (context: ObjectSharedContext<TenantState>, request: PlanHandlerRequest): Promise<void> =>
    running.track(context.request().attemptCompletedSignal, (signal) => makePlan(deps, request.plan_id, signal))

  // Beside the steps of the same tenant, so that it never delays one. Nothing goes into the journal: it can all be seen again.
  const observe = (context: ObjectSharedContext<TenantState>, { slot }: ObserveRequest): Promise<string> =>
    running.track(context.request().attemptCompletedSignal, (signal) =>
      observeTenant(deps, { tenantId: context.key, slot }, signal),
    )

  return object({
    name: TENANT_OBJECT,
    handlers: {
      [RECONCILE_HANDLER]: handlers.object.exclusive(handlerOptions(deps.limits.callTimeoutMs), reconcile),
      [STATUS_HANDLER]: handlers.object.shared(UNKEPT, status),
      [PLAN_HANDLER]: handlers.object.shared(UNKEPT, plan),
      [OBSERVE_HANDLER]: handlers.object.shared(OBSERVE_OPTIONS, observe),
    },
  })
}

/** Part of what the engine learns at registration, too. */
export const OBSERVE_OPTIONS = {
  journalRetention: 0,
  // For a question that is repeated because its answer got lost; after that it is asked again by the same number.
  idempotencyRetention: 60_000,
  inactivityTimeout: AROUND_A_CALL_MS,
  abortTimeout: ABORT_MS,
  // What fails is due again soon, and must not pile up meanwhile.
  retryPolicy: {
    initialInterval: FIRST_RETRY_MS,
    exponentiationFactor: 2,
    maxAttempts: 4,
    onMaxAttempts: 'kill' as const,
  },
}

/** Part of what the engine learns at registration; a change of it needs a registration of its own. */
export function handlerOptions(callTimeoutMs: number) {
  return {
    journalRetention: 0,
    idempotencyRetention: IDEMPOTENCY_MS,
    // A provider call must end inside these: one that the engine cuts off would start again from the beginning, for ever.
    inactivityTimeout: callTimeoutMs + AROUND_A_CALL_MS,
    abortTimeout: ABORT_MS,
    // A step that another build began cannot be replayed by this one. Failing it frees the tenant; the sweep begins a new one.
    onJournalMismatchErrors: 'fail' as const,
    retryPolicy: { initialInterval: FIRST_RETRY_MS, maxInterval: LONGEST_RETRY_MS, exponentiationFactor: 2 },
  }
}
