import type { OperationKind, TenantStatus } from '@landlord/api-contract'

/** `put`: the desired state as a whole, changed or not; `change`: a part of it that differs. */
export type TenantVerb = 'put' | 'change' | 'archive' | 'delete' | 'retry' | 'reconcile'

export interface TenantSituation {
  readonly status: TenantStatus
  /** It was ready since it was last provisioned: a change updates a living instance. */
  readonly live: boolean
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
    }
  /** It already is, or is becoming, what was asked for; `done` where nothing is under way. */
  | { readonly do: 'nothing'; readonly done: boolean }
  /** Work is under way: only ask the worker to look now. */
  | { readonly do: 'trigger' }
  /** Its compute is gone already: forget it at once. */
  | { readonly do: 'remove' }
  /** `why` completes "tenant x …" and names the way out. */
  | { readonly do: 'refuse'; readonly why: string }

/** What a verb does to a tenant in a situation. Pure; total over every status and verb. */
export function transition(situation: TenantSituation, verb: TenantVerb): Transition {
  const { status } = situation
  if (status === 'deleting') {
    return verb === 'delete' ? { do: 'nothing', done: false } : refuse('is being deleted; wait until it is gone')
  }
  if (verb === 'delete') return status === 'archived' ? { do: 'remove' } : start('delete', true)
  if (status === 'archiving') {
    return verb === 'archive'
      ? { do: 'nothing', done: false }
      : refuse('is being archived; wait until it is archived, or delete it')
  }
  if (verb === 'archive') return status === 'archived' ? { do: 'nothing', done: true } : start('archive', true)
  if (verb === 'retry') return retry(situation)
  if (verb === 'reconcile') return reconcile(situation)
  return change(situation, verb)
}

function change(situation: TenantSituation, verb: 'put' | 'change'): Transition {
  // A PUT says that the tenant should exist as described, so it brings back what is gone or failed, unchanged or not.
  if (verb === 'put' && situation.status !== 'archived' && situation.status !== 'failed') {
    return { do: 'nothing', done: true }
  }
  const kind = situation.live ? 'update' : 'provision'
  const begun = start(kind, true)
  return situation.status === 'requested' ? { ...begun, status: 'requested' } : begun
}

export function isMeantToBeGone({ status, failedOperation }: TenantSituation): boolean {
  return (
    status === 'archived' || (status === 'failed' && (failedOperation === 'archive' || failedOperation === 'delete'))
  )
}

function retry({ status, failedOperation, live }: TenantSituation): Transition {
  if (status === 'failed') return start(failedOperation ?? (live ? 'update' : 'provision'), false)
  return refuse(`is ${status}; only a failed tenant can be retried`)
}

function reconcile(situation: TenantSituation): Transition {
  switch (situation.status) {
    case 'ready':
      return start('reconcile', false)
    case 'failed':
      return retry(situation)
    case 'archived':
      return refuse('is archived and has no compute; PUT its desired state to provision it again')
    case 'suspended':
      return refuse('is suspended and has no compute; resume it first')
    default:
      return { do: 'trigger' }
  }
}

const STATUS_DURING: Readonly<Record<OperationKind, TenantStatus>> = {
  provision: 'provisioning',
  update: 'updating',
  reconcile: 'updating',
  suspend: 'suspending',
  resume: 'resuming',
  restart: 'updating',
  archive: 'archiving',
  delete: 'deleting',
}

function start(kind: OperationKind, raisesGeneration: boolean): Extract<Transition, { do: 'start' }> {
  return { do: 'start', kind, status: STATUS_DURING[kind], raisesGeneration }
}

function refuse(why: string): Transition {
  return { do: 'refuse', why }
}
