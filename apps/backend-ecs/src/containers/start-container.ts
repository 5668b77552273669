import { conflict, DockerError } from '../errors/docker-error.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { explainStartFailure } from './explain-start-failure.ts'
import { launch } from './launch-container.ts'
import { stopTask } from './stop-task.ts'

/** Starts it, unless it runs or is being started. False: this call did not do it. Throws why it cannot run. */
export async function startContainer(deps: ContainerDeps, id: string, signal: AbortSignal): Promise<boolean> {
  const known = deps.store.containers.get(id)
  if (known?.state.status === 'running') return false
  if (known?.state.status === 'removing') throw conflict('container is marked for removal and cannot be started')
  const isOurs = known?.live !== true
  if (isOurs) await launch(deps, id, 'client')
  await untilStarted(deps, id, signal)
  return isOurs
}

async function untilStarted(deps: ContainerDeps, id: string, signal: AbortSignal): Promise<void> {
  const { start_timeout_seconds: seconds } = deps.settings.ecs
  const limit = AbortSignal.timeout(seconds * 1000)
  const over = new AbortController()
  const slowDown = deps.watch.hurry()
  try {
    const started = deps.changes.until(id, isOver, AbortSignal.any([signal, limit, over.signal]))
    const record = await Promise.race([started, deps.watch.refused(over.signal)])
    if (record === undefined) throw conflict(`container ${id} was removed before it ran`)
    if (record.startFailed === true && record.stopRequested === true) {
      throw conflict(`container ${record.name} was stopped before it ran`)
    }
    if (record.startFailed === true) throw explainStartFailure(record.state.error)
    if (record.state.status === 'running') await deps.names.joined(id)
  } catch (error) {
    if (signal.aborted) throw isLeftAlone(error)
    // What nobody will hear of must not run.
    if (deps.store.containers.get(id)?.live === true) await stopTask(deps, id, 'start failed')
    if (!limit.aborted) throw error
    throw new DockerError({
      status: 500,
      message: `the task did not run within ${seconds} s and has been stopped; raise ecs.start_timeout_seconds if the image is large`,
      cause: error,
    })
  } finally {
    over.abort()
    slowDown()
  }
}

const isOver = (record: ContainerRecord | undefined): boolean =>
  record === undefined || record.live !== true || record.state.status === 'running'

const isLeftAlone = (cause: unknown): DockerError =>
  new DockerError({ status: 503, message: 'backend-ecs stops; the container goes on starting', cause })
