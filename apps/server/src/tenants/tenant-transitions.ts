import type { OperationKind, TenantStatus } from '@landlord/api-contract'

/** `put`: the desired state as a whole, changed or not; `change`: a part of it that differs. */
export type TenantVerb =
  | 'put'
  | 'change'
  | 'archive'
  | 'delete'
  | 'retry'
  | 'reconcile'
  | 'suspend'
  | 'resume'
  | 'restart'
  | 'pause'
  | 'unpause'

export interface TenantSituation {
  readonly status: TenantStatus
  /** It has settled since it was last provisioned: a change updates a living instance. */
  readonly live: boolean
  /** It is meant to be stopped, whatever is under way. */
  readonly suspended: boolean
  /** Absent while it is not paused. */
  readonly pausedAt?: string
  readonly options: { readonly deletionProtection: boolean }
  /** What it is still to take over; absent once it has. */
  readonly adopts?: string
  /** What failed, when `status` is `failed`. */
  readonly failedOperation?: OperationKind
}

export type Transition =
  /** A new operation; `raisesGeneration` where the desired state changes. */
  | {
      readonly do: 'start'
      readonly kind: OperationKind
      readonly status: TenantStatus
      readonly raisesGeneration: boolean
      /** What it is meant to be from then on. */
      readonly suspended: boolean
    }
  /** It already is, or is becoming, what was asked for; `done` where nothing is under way. */
  | { readonly do: 'nothing'; readonly done: boolean }
  /** Work is under way: only ask the worker to look now. */
  | { readonly do: 'trigger' }
  /** Its compute is gone already: forget it at once. */
  | { readonly do: 'remove' }
  | { readonly do: 'pause' | 'unpause' }
  /** `why` completes "tenant x …" and names the way out. */
  | { readonly do: 'refuse'; readonly why: string }

const DONE: Transition = { do: 'nothing', done: true }
const UNDER_WAY: Transition = { do: 'nothing', done: false }
const NO_COMPUTE: Transition = {
  do: 'refuse',
  why: 'is archived and has no compute; PUT its desired state to provision it again',
}
const PROTECTED: Transition = {
  do: 'refuse',
  why: 'is protected from deletion; PATCH it with {"deletion_protection": false} first',
}
const MEANT_TO_BE_GONE: Transition = {
  do: 'refuse',
  why: 'is meant to be gone; retry that, or PUT its desired state first',
}

/** What a verb does to a tenant in a situation. Pure; total over every status and verb. */
export function transition(situation: TenantSituation, verb: TenantVerb): Transition {
  const { status } = situation
  if (status === 'deleting') return verb === 'delete' ? UNDER_WAY : refuse('is being deleted; wait until it is gone')
  if (verb === 'delete' || verb === 'archive') return takeDown(situation, verb)
  if (status === 'archiving') return refuse('is being archived; wait until it is archived, or delete it')
  switch (verb) {
    case 'put':
    case 'change':
      return change(situation, verb)
    case 'retry':
      return retry(situation)
    case 'reconcile':
      return reconcile(situation)
    case 'suspend':
      return suspend(situation)
    case 'resume':
      return resume(situation)
    case 'restart':
      return restart(situation)
    case 'pause':
      if (status === 'archived') return NO_COMPUTE
      return situation.pausedAt === undefined ? { do: 'pause' } : DONE
    case 'unpause':
      return situation.pausedAt === undefined ? DONE : { do: 'unpause' }
  }
}

export type Arrival = 'ready' | 'suspended' | 'archived' | 'gone'

/** Where an operation that succeeds leads to. Pure. */
export function arrivalOf(kind: OperationKind, suspended: boolean): Arrival {
  if (kind === 'delete') return 'gone'
  if (kind === 'archive') return 'archived'
  return suspended ? 'suspended' : 'ready'
}

export function isMeantToBeGone({ status, failedOperation }: TenantSituation): boolean {
  return (
    status === 'archived' || (status === 'failed' && (failedOperation === 'archive' || failedOperation === 'delete'))
  )
}

function takeDown(situation: TenantSituation, verb: 'archive' | 'delete'): Transition {
  const { status, options } = situation
  if (verb === 'archive' && status === 'archived') return DONE
  if (verb === 'archive' && status === 'archiving') return UNDER_WAY
  if (options.deletionProtection) return PROTECTED
  return status === 'archived' ? { do: 'remove' } : start(situation, verb)
}

function change(situation: TenantSituation, verb: 'put' | 'change'): Transition {
  // A PUT says that the tenant should exist as described, so it brings back what is gone or failed, unchanged or not.
  if (verb === 'put' && situation.status !== 'archived' && situation.status !== 'failed') return DONE
  const begun = start(situation, situation.live ? 'update' : firstKind(situation))
  return situation.status === 'requested' ? { ...begun, status: 'requested' } : begun
}

/** Until it has taken over what it is to adopt, every change goes on with that. */
function firstKind({ adopts }: TenantSituation): OperationKind {
  return adopts === undefined ? 'provision' : 'adopt'
}

function retry(situation: TenantSituation): Transition {
  const { status, failedOperation, live, options } = situation
  if (status !== 'failed') return refuse(`is ${status}; only a failed tenant can be retried`)
  if (isMeantToBeGone(situation) && options.deletionProtection) return PROTECTED
  return { ...start(situation, failedOperation ?? (live ? 'update' : firstKind(situation))), raisesGeneration: false }
}

function reconcile(situation: TenantSituation): Transition {
  switch (situation.status) {
    case 'ready':
      return { ...start(situation, 'reconcile'), raisesGeneration: false }
    case 'failed':
      return retry(situation)
    case 'archived':
      return NO_COMPUTE
    case 'suspended':
      return refuse('is suspended and has no compute; resume it first')
    default:
      return { do: 'trigger' }
  }
}

function suspend(situation: TenantSituation): Transition {
  if (situation.status === 'failed' && isMeantToBeGone(situation)) return MEANT_TO_BE_GONE
  if (situation.adopts !== undefined && situation.status !== 'archived') {
    return refuse('has not been adopted yet; wait until it is ready, or retry it')
  }
  switch (situation.status) {
    case 'archived':
      return NO_COMPUTE
    case 'suspended':
      return DONE
    case 'failed':
    // Whatever it is meant to be: it runs when a server that knows nothing of suspending took its worker's report.
    case 'ready':
      return start(situation, 'suspend')
    default:
      return situation.suspended ? UNDER_WAY : start(situation, 'suspend')
  }
}

function resume(situation: TenantSituation): Transition {
  const { status, suspended, failedOperation } = situation
  switch (status) {
    case 'archived':
      return NO_COMPUTE
    case 'ready':
      return suspended ? start(situation, 'resume') : DONE
    case 'failed':
      if (isMeantToBeGone(situation)) return MEANT_TO_BE_GONE
      return suspended || failedOperation === 'resume'
        ? start(situation, 'resume')
        : refuse('has failed and is not suspended; retry it')
    default:
      return suspended ? start(situation, 'resume') : UNDER_WAY
  }
}

function restart(situation: TenantSituation): Transition {
  const { status, suspended, live } = situation
  if (status === 'archived') return NO_COMPUTE
  if (isMeantToBeGone(situation)) return MEANT_TO_BE_GONE
  if (suspended) return refuse('is suspended and has no running copies; resume it, which starts new ones')
  if (status === 'ready' || status === 'updating') return start(situation, 'restart')
  if (status !== 'failed') return refuse(`is ${status}, and its copies are new; wait until it is ready`)
  return live ? start(situation, 'restart') : refuse('has nothing that runs; retry it, or PUT its desired state')
}

const STATUS_DURING: Readonly<Record<OperationKind, TenantStatus>> = {
  provision: 'provisioning',
  update: 'updating',
  reconcile: 'updating',
  suspend: 'suspending',
  resume: 'resuming',
  restart: 'updating',
  adopt: 'provisioning',
  archive: 'archiving',
  delete: 'deleting',
}

function start(situation: TenantSituation, kind: OperationKind): Extract<Transition, { do: 'start' }> {
  const suspended = kind === 'suspend' || (situation.suspended && kind !== 'resume')
  return { do: 'start', kind, status: STATUS_DURING[kind], raisesGeneration: true, suspended }
}

function refuse(why: string): Transition {
  return { do: 'refuse', why }
}
