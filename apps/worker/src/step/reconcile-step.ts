import { askUsable } from './ask-usable.ts'
import type { Cursor } from './cursor.ts'
import { decide } from './decide.ts'
import { failMisfit, isRefusal } from './fail-misfit.ts'
import { fail } from './interpret-error.ts'
import { type Performed, perform } from './perform.ts'
import { type Step, type StepDependencies, tell } from './step.ts'
import type { StepObservation } from './step-observer.ts'
import { unlessGone } from './unless-gone.ts'

/** Plain JSON: it goes through the workflow engine. */
export type StepResult =
  /** Nothing is left to do. */
  | { readonly next: 'rest' }
  /** It is too early, and nothing was done: the timer that was set before stays. */
  | { readonly next: 'keep_timer' }
  /** Another step is due after `delayMs`. `cursor` is null when there is nothing worth remembering. */
  | { readonly next: 'again'; readonly cursor: Cursor | null; readonly delayMs: number }

const REST: StepResult = { next: 'rest' }
// The newer operation's own trigger waits at the engine already; this is for when it was lost.
const LOOK_AGAIN: StepResult = { next: 'again', cursor: null, delayMs: 200 }

/**
 * One step of one tenant: read the desired state, decide, make one call of the provider, tell the server. Everything in it may
 * run twice. A provider's errors, and answers that the server refuses, are part of the result; it rejects only when the server
 * cannot be reached or `signal` is aborted, and is then to be run again.
 */
export async function reconcileStep(
  deps: StepDependencies,
  tenantId: string,
  known: Cursor | undefined,
  signal: AbortSignal,
): Promise<StepResult> {
  const observation = deps.observer.startStep()
  try {
    const result = await runStep(deps, tenantId, { known, signal, observation })
    observation.end(result.next)
    return result
  } catch (error) {
    observation.end('error')
    throw error
  }
}

interface StepRun {
  readonly known: Cursor | undefined
  readonly signal: AbortSignal
  readonly observation: StepObservation
}

async function runStep(
  deps: StepDependencies,
  tenantId: string,
  { known, signal, observation }: StepRun,
): Promise<StepResult> {
  const desired = await unlessGone(deps.client.getDesiredState({ params: { id: tenantId }, signal }))
  const decision = decide({ desired, cursor: known, now: deps.now() })
  observation.decided(decision.action, 'work' in decision ? decision.work : undefined)
  if (decision.action === 'rest') return REST
  if (decision.action === 'keep_timer') return { next: 'keep_timer' }

  const { work, cursor } = decision
  const step: Step = { deps, work, cursor, signal, traceParent: observation.traceParent() }
  const performed =
    decision.action === 'give_up' ? fail(work, decision.failure, true) : await perform(step, decision.action)
  const result = await carryOut(step, performed)
  deps.logger.debug(
    { tenant: tenantId, generation: work.generation, operation: work.operation.id, action: decision.action, ...result },
    'reconcile step',
  )
  return result
}

async function carryOut(step: Step, verdict: Performed): Promise<StepResult> {
  try {
    return await followUp(step, verdict)
  } catch (error) {
    if (!isRefusal(error)) throw error
    const handle = 'report' in verdict ? verdict.report?.resource_ids : undefined
    return (await failMisfit(step, handle, error)) ? REST : LOOK_AGAIN
  }
}

async function followUp(step: Step, verdict: Performed): Promise<StepResult> {
  switch (verdict.next) {
    case 'superseded':
      return LOOK_AGAIN
    case 'look': {
      if (!(await tell(step, verdict.report))) return LOOK_AGAIN
      const work = { ...step.work, applied_config: step.work.config, resource_ids: verdict.report.resource_ids ?? {} }
      const changed: Step = { ...step, work, cursor: verdict.cursor }
      return carryOut(changed, await perform(changed, 'look'))
    }
    case 'wait':
      if (verdict.report !== undefined && !(await tell(step, verdict.report))) return LOOK_AGAIN
      return comeBack(step, verdict.cursor, verdict.delayMs)
    case 'succeed':
      return (await tell(step, verdict.report)) ? REST : LOOK_AGAIN
    case 'fail': {
      const isUsable = verdict.askUsable ? await askUsable(step) : verdict.report.error.instance_usable
      const error = { ...verdict.report.error, instance_usable: isUsable }
      return (await tell(step, { ...verdict.report, error })) ? REST : LOOK_AGAIN
    }
  }
}

function comeBack({ deps }: Step, cursor: Cursor, delayMs: number): StepResult {
  return { next: 'again', cursor: { ...cursor, dueAt: deps.now().getTime() + delayMs }, delayMs }
}
