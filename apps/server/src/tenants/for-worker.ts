import type { DesiredState, OperationKind } from '@landlord/api-contract'

const NEW_KINDS: readonly OperationKind[] = ['suspend', 'resume', 'restart']

/**
 * A desired state for a worker that speaks `protocol`. One from before this version knows nothing of suspending, pausing,
 * restarting, secrets and adoption: it would do the rest and report success. It is told of no operation that needs one of them,
 * so it rests, and the sweep asks until a newer worker answers.
 */
export function forWorker(desired: DesiredState, protocol: number): DesiredState {
  if (protocol >= 2 || !needsSecondProtocol(desired)) return desired
  const { operation, ...rest } = desired
  return rest
}

function needsSecondProtocol({ operation, suspended, paused, secrets = [], adopts }: DesiredState): boolean {
  if (operation === undefined || operation.kind === 'archive' || operation.kind === 'delete') return false
  const isNew = NEW_KINDS.includes(operation.kind) || suspended === true || paused === true
  return isNew || secrets.length > 0 || adopts !== undefined
}
