import type { DesiredState, OperationKind } from '@landlord/api-contract'

const NEW_KINDS: readonly OperationKind[] = ['suspend', 'resume', 'restart']

/**
 * A desired state for a worker that speaks `protocol`. One from before this version knows nothing of suspending, pausing,
 * restarting, secrets and adoption: it would do the rest and report success. It is told of no operation that needs one of them,
 * so it rests, and the sweep asks until a newer worker answers.
 */
export function forWorker(desired: DesiredState, protocol: number): DesiredState {
  const { operation, ...rest } = desired
  if (operation === undefined) return desired
  const isUnderstood = desired.paused !== true || isTakingDown(operation.kind)
  return protocol >= 2 || (isUnderstood && !needsSecondProtocol(operation.kind, desired)) ? desired : rest
}

interface Needs {
  readonly suspended?: boolean
  readonly secrets?: readonly unknown[]
  readonly adopts?: string
}

/** Whether a worker from before the second protocol would do something else, and call it done. */
export function needsSecondProtocol(kind: OperationKind, { suspended, secrets = [], adopts }: Needs): boolean {
  if (isTakingDown(kind)) return false
  return NEW_KINDS.includes(kind) || suspended === true || secrets.length > 0 || adopts !== undefined
}

function isTakingDown(kind: OperationKind): boolean {
  return kind === 'archive' || kind === 'delete'
}
