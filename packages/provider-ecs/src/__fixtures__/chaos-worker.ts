import {
  ComputeError,
  type ComputeProvider,
  type ComputeStatus,
  type JsonObject,
  type Logger,
  type OperationOptions,
  silentLogger,
  type TenantComputeSpec,
  TenantNotFoundError,
  type TenantRef,
} from '@landlord/compute-core'

/** What a tenant is to be. `mayFail`: its tasks are scripted to fail. `refused`: the code that it must fail with. */
export interface Wish {
  readonly kind: 'run' | 'delete'
  readonly config: JsonObject
  readonly suspended: boolean
  readonly restartToken?: string
  readonly mayFail?: boolean
  readonly refused?: string
}

type Outcome =
  | { readonly kind: 'open' }
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }

/** How a step ends before its time: the process dies after so many answers of AWS, at the latest before it could report. */
interface Crash {
  readonly afterAnswers: number
}

export interface ChaosWorker {
  readonly tenantId: string
  readonly wish: Wish | undefined
  readonly outcome: Outcome
  /** When the next step is due; undefined when nothing is left to do. */
  readonly dueAt: number | undefined
  /** Whether the server has heard of the last operation's first call. */
  readonly isReported: boolean
  /** A newer operation takes over. */
  ask(wish: Wish): void
  step(crash?: Crash): Promise<void>
  close(): Promise<void>
  /** Counts operations. */
  readonly generation: number
  /** The message of the last call's error; undefined when it answered. */
  readonly lastError: string | undefined
  readonly history: readonly string[]
}

type Action = 'provision' | 'update' | 'destroy' | 'look'

interface Progress {
  phase: 'apply' | 'recreate' | 'watch'
  looks: number
  failures: number
}

const MAX_ATTEMPTS = 20

/**
 * One tenant as the worker reconciles it: which call comes next, what an answer means and how long to wait are those of the
 * control plane, and so is what it has saved when a process dies.
 */
export function createChaosWorker(options: {
  readonly tenantId: string
  /** A process of its own each time. */
  readonly newProvider: () => ComputeProvider
  readonly now: () => number
}): ChaosWorker {
  const { tenantId, newProvider, now } = options
  const history: string[] = []
  let provider = newProvider()
  let wish: Wish | undefined
  let outcome: Outcome = { kind: 'open' }
  let dueAt: number | undefined
  let isReported = true
  let saved: { resourceIds: TenantRef['resourceIds']; applied: JsonObject | undefined } = empty()
  let progress = begin()
  let generation = 0
  let hasRun = false
  let lastError: string | undefined

  const spec = (asked: Wish): TenantComputeSpec => ({
    tenantId,
    providerType: 'ecs',
    containers: [],
    providerConfig: asked.config,
    suspended: asked.suspended,
    ...(asked.restartToken === undefined ? {} : { restartToken: asked.restartToken }),
  })
  const ref = (asked: Wish): TenantRef => ({
    tenantId,
    providerConfig: saved.applied ?? asked.config,
    resourceIds: saved.resourceIds,
  })

  function nextAction(asked: Wish): Action {
    if (asked.kind === 'delete') return 'destroy'
    if (progress.phase === 'watch') return 'look'
    if (progress.phase === 'recreate') return 'provision'
    return !hasRun && Object.keys(saved.resourceIds).length === 0 ? 'provision' : 'update'
  }

  /** What the server saves of an answer, and when the worker comes back. */
  async function run(asked: Wish, action: Action, call: OperationOptions): Promise<() => void> {
    switch (action) {
      case 'provision':
      case 'update': {
        const result =
          action === 'provision'
            ? await provider.provision(spec(asked), call)
            : await provider.update(ref(asked), spec(asked), call)
        return () => {
          saved = { resourceIds: result.resourceIds, applied: asked.config }
          isReported = true
          progress = { phase: 'watch', looks: 0, failures: 0 }
          dueAt = now()
        }
      }
      case 'destroy': {
        const result = await provider.destroy(ref(asked), call)
        return () => {
          if (result.status === 'destroyed') return succeed(() => (saved = empty()))
          saved = { ...saved, resourceIds: result.resourceIds }
          comeBack()
        }
      }
      case 'look': {
        const status = await provider.getStatus(ref(asked), call)
        return () => settle(status)
      }
    }
  }

  function settle(status: ComputeStatus): void {
    if (Object.keys(status.resourceIds).length > 0) saved = { ...saved, resourceIds: status.resourceIds }
    const { settled, state, health, reason, message = state } = status
    if (settled && (state === 'failed' || (state === 'stopped' && reason !== undefined) || health === 'unhealthy')) {
      fail(reason ?? state, message)
    } else if (
      settled &&
      (state === 'stopped' || (state === 'running' && (health === 'healthy' || health === 'none')))
    ) {
      succeed(() => {
        hasRun = true
      })
    } else comeBack()
  }

  function comeBack(): void {
    dueAt = now() + Math.min(15_000, 200 * 1.5 ** progress.looks)
    progress = { ...progress, looks: progress.looks + 1, failures: 0 }
  }

  function succeed(then: () => void): void {
    outcome = { kind: 'succeeded' }
    dueAt = undefined
    then()
    if (wish?.kind === 'delete') hasRun = false
  }

  function fail(code: string, message: string): void {
    outcome = { kind: 'failed', code, message }
    dueAt = undefined
  }

  function reject(asked: Wish, action: Action, error: unknown): void {
    const isMissing = TenantNotFoundError.isInstance(error)
    const { code, message, retryable } = ComputeError.isInstance(error) ? error : unknownError(error)
    if (isMissing && action === 'destroy') {
      succeed(() => (saved = empty()))
    } else if (isMissing && action === 'update') {
      progress = { ...progress, phase: 'recreate' }
      dueAt = now()
    } else if (!retryable && !(isMissing && action === 'look')) {
      fail(code, message)
    } else {
      const failures = progress.failures + 1
      progress = { ...progress, failures, ...(isMissing ? { phase: 'recreate' } : {}) }
      dueAt = now() + Math.min(60_000, 1000 * 2 ** (failures - 1))
      if (failures >= MAX_ATTEMPTS && asked.kind !== 'delete') fail(code, `gave up: ${message}`)
    }
  }

  return {
    tenantId,
    history,
    get wish() {
      return wish
    },
    get outcome() {
      return outcome
    },
    get dueAt() {
      return dueAt
    },
    get generation() {
      return generation
    },
    get lastError() {
      return lastError
    },
    get isReported() {
      return isReported
    },
    ask(next) {
      wish = next
      outcome = { kind: 'open' }
      progress = begin()
      isReported = false
      generation += 1
      dueAt = now()
      history.push(`${stamp(now())} asked ${JSON.stringify(next)}`)
    },
    close: async () => provider.close?.(),
    async step(crash) {
      if (wish === undefined) return
      const [asked, action] = [wish, nextAction(wish)]
      const call = callOf({ tenantId, generation, crash })
      let conclude: () => void
      lastError = undefined
      let what = 'answered'
      try {
        conclude = await run(asked, action, call)
      } catch (error) {
        what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
        conclude = () => reject(asked, action, error)
      }
      if (what !== 'answered') lastError = what
      if (crash === undefined) {
        conclude()
      } else {
        what = `crashed, ${what}`
        await provider.close?.()
        provider = newProvider()
        dueAt = now() + 1000
      }
      history.push(`${stamp(now())} ${action} ${what} -> ${outcome.kind} ${JSON.stringify(saved.resourceIds)}`)
    },
  }
}

const unknownError = (error: unknown) => ({ code: 'unknown', message: String(error), retryable: true })
const empty = () => ({ resourceIds: {}, applied: undefined })
const begin = (): Progress => ({ phase: 'apply', looks: 0, failures: 0 })
const stamp = (time: number): string => new Date(time).toISOString().slice(11, 23)

/** Every answer of AWS is logged, which is where a process can be made to die between two calls. */
function callOf({ tenantId, generation, crash }: { tenantId: string; generation: number; crash: Crash | undefined }) {
  const dying = new AbortController()
  let answers = 0
  const logger: Logger = {
    ...silentLogger,
    debug(_fields, message) {
      if (message !== 'AWS call') return
      answers += 1
      if (crash !== undefined && answers >= crash.afterAnswers) dying.abort(new Error('the process died'))
    },
  }
  return { signal: dying.signal, logger, operationId: `${tenantId}-${generation}`, generation }
}
