import type { ContainerRecord, ContainerState } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { publishContainer } from './publish-container.ts'
import { removeContainer } from './remove-container.ts'
import { shouldRestart } from './restart-policy.ts'

export interface EndOfRun {
  readonly state: ContainerState
  /** It ended without ever having run. */
  readonly failedToStart: boolean
}

/** Writes the end of a run down, tells everybody, and sets going what follows from it. */
export function endRun(deps: ContainerDeps, before: ContainerRecord, { state, failedToStart }: EndOfRun): void {
  const record = deps.changes.update(before.id, (current) => {
    const { address: _address, live: _live, ...rest } = current
    const isByPolicy = current.state.status === 'restarting'
    const again = (!failedToStart || isByPolicy) && shouldRestart({ ...current, state })
    const status = again ? 'restarting' : failedToStart ? statusOfFailed(current) : 'exited'
    return {
      ...rest,
      ...(failedToStart ? { startFailed: true } : {}),
      state: {
        ...startedOf(current.state),
        ...state,
        status: current.state.status === 'removing' ? 'removing' : status,
      },
    }
  })
  if (record === undefined) return
  if (!failedToStart && before.state.status !== 'running') publishContainer(deps, record, 'start')
  if (state.oomKilled) publishContainer(deps, record, 'oom')
  if (!failedToStart) publishContainer(deps, record, 'die', { exitCode: String(state.exitCode) })
  if (record.hasNames === true) deps.names.leave(before)
  if (record.state.status === 'removing') return
  if (record.state.status === 'restarting') deps.restarts.schedule(record)
  // Docker takes away what could not be started, too.
  else if (record.autoRemove && record.restartRequested !== true)
    deps.background.insist('removing an ended container', record.id, () => removeContainer(deps, record.id))
}

const statusOfFailed = ({ state }: ContainerRecord): ContainerState['status'] =>
  state.startedAt === undefined ? 'created' : 'exited'

const startedOf = ({ startedAt }: ContainerState): Partial<ContainerState> =>
  startedAt === undefined ? {} : { startedAt }
