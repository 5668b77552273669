import type { ContainerDeps } from './container-deps.ts'
import { publishContainer } from './publish-container.ts'
import { stopTask } from './stop-task.ts'

/**
 * Takes a container down, its task with it if there still is one. The intent is written first: where the process dies, the
 * next one goes on.
 */
export async function removeContainer(deps: ContainerDeps, id: string): Promise<void> {
  const record = deps.changes.update(id, (current) => ({
    ...current,
    stopRequested: true,
    state: { ...current.state, status: 'removing' },
  }))
  if (record === undefined) return
  await stopTask(deps, id, 'rm')
  await deps.networks.leave(record)
  if (record.taskDefinitionArn !== '') await deps.definitions.release(record)
  if (record.taskArn !== undefined) deps.watch.remove(record.taskArn)
  for (const exec of deps.store.execs.list()) if (exec.containerId === id) deps.store.execs.delete(exec.id)
  publishContainer(deps, record, 'destroy')
  deps.changes.delete(id)
}
