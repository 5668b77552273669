import { TagResourceCommand } from '@aws-sdk/client-ecs'
import { TAG_CONTAINER_NAME } from '../aws/ownership-tags.ts'
import { badRequest, conflict, DockerError, notOnEcs } from '../errors/docker-error.ts'
import type { ContainerRecord, DockerCreateBody } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { checkName, refuseTakenName } from './container-name.ts'
import { type Created, type CreateRequest, createContainer } from './create-container.ts'
import { findContainer } from './find-container.ts'
import { publishContainer } from './publish-container.ts'
import { removeContainer } from './remove-container.ts'
import { checkRestartPolicy } from './restart-policy.ts'
import { startContainer } from './start-container.ts'
import { stopTask } from './stop-task.ts'
import { untilEnded } from './until-ended.ts'

/** Names are ids, names, or beginnings of ids; where there is no such container, 404 is thrown. */
export interface ContainerOperations {
  find(name: string): ContainerRecord
  /** Looks at ECS first, unless that was done within the last second. */
  findFresh(name: string): Promise<ContainerRecord>
  listFresh(): Promise<ContainerRecord[]>
  create(request: CreateRequest): Promise<Created>
  /** False: it was running already. */
  start(name: string): Promise<boolean>
  /**
   * Resolves when it has ended. False: it was not running. How long ECS waits between SIGTERM and SIGKILL is fixed when the
   * container is created (`--stop-timeout`).
   */
  stop(name: string): Promise<boolean>
  kill(name: string, signalName: string): Promise<void>
  restart(name: string): Promise<void>
  /** With `force`, a container that has volumes is waited for until it has ended. */
  remove(name: string, options: { readonly force: boolean }): Promise<void>
  rename(name: string, target: string): Promise<void>
  update(name: string, change: Readonly<Record<string, unknown>>): void
  /** Resolves with the record when it passes the test (undefined: removed), looking at ECS often meanwhile. */
  until: ContainerDeps['changes']['until']
  /** Looks at ECS often from now on, for somebody who follows. Returns how to end that. */
  follow(): () => void
}

/** How old what is shown may be, in milliseconds. */
const FRESH_MS = 1_000

export function createContainerOperations(deps: ContainerDeps): ContainerOperations {
  const { store, changes, watch, closing } = deps
  const removals = new Set<string>()
  const find = (name: string): ContainerRecord => findContainer(store, name)

  async function until(
    ...[id, test, signal]: Parameters<ContainerOperations['until']>
  ): Promise<ContainerRecord | undefined> {
    const slowDown = watch.hurry()
    try {
      return await changes.until(id, test, signal)
    } finally {
      slowDown()
    }
  }

  async function stop(name: string): Promise<boolean> {
    const record = find(name)
    if (record.live !== true) {
      // Between two runs: the next one is called off.
      if (record.state.status !== 'restarting') return false
      changes.update(record.id, (current) => ({
        ...current,
        stopRequested: true,
        state: { ...current.state, status: 'exited' },
      }))
      return true
    }
    publishContainer(deps, record, 'kill', { signal: '15' })
    await stopTask(deps, record.id, 'stop')
    await untilEnded(deps, record.id)
    publishContainer(deps, record, 'stop')
    return true
  }

  return {
    find,
    async findFresh(name) {
      if (find(name).live === true) await watch.refresh(FRESH_MS)
      return find(name)
    },
    async listFresh() {
      await watch.refresh(FRESH_MS)
      return store.containers.list()
    },
    create: (request) => createContainer(deps, request),
    // A client that goes away does not end what it asked for.
    start: (name) => startContainer(deps, find(name).id, closing),
    stop,
    async kill(name, signalName) {
      const record = find(name)
      const number = SIGNALS[signalName.replace(/^SIG/i, '').toUpperCase()]
      if (number === undefined)
        throw notOnEcs(`kill --signal ${signalName}`, 'ECS sends TERM, and KILL after the stop timeout')
      if (record.live !== true) {
        throw conflict(`Cannot kill container: ${name}: Container ${record.id} is not running`)
      }
      publishContainer(deps, record, 'kill', { signal: number })
      await stopTask(deps, record.id, 'kill')
    },
    async restart(name) {
      const { id } = find(name)
      changes.update(id, (current) => ({ ...current, restartRequested: true }))
      const endRestart = (): ContainerRecord | undefined =>
        changes.update(id, ({ restartRequested: _over, ...current }) => current)
      try {
        await stop(id)
      } catch (error) {
        const left = endRestart()
        // It has ended by itself, and nothing else takes it away.
        if (left?.autoRemove === true && left.live !== true)
          deps.background.insist('removing an ended container', id, () => removeContainer(deps, id))
        throw error
      }
      endRestart()
      await startContainer(deps, id, closing)
      publishContainer(deps, find(id), 'restart')
    },
    async remove(name, { force }) {
      const record = find(name)
      if (record.live === true && !force) {
        throw conflict(
          `cannot remove container "/${record.name}": container is running: stop the container before removing or force remove`,
        )
      }
      if (removals.has(record.id)) throw conflict(`removal of container ${record.id} is already in progress`)
      removals.add(record.id)
      try {
        if (record.live === true) publishContainer(deps, record, 'kill', { signal: '9' })
        await removeContainer(deps, record.id)
      } finally {
        removals.delete(record.id)
      }
    },
    async rename(name, target) {
      const record = find(name)
      const wanted = checkName(target)
      if (wanted === record.name) throw badRequest('Renaming a container with the same name as its current name')
      refuseTakenName(store, wanted)
      const renamed = changes.update(record.id, (current) => ({ ...current, name: wanted }))
      if (renamed === undefined) return
      if (record.hasNames === true) {
        await deps.networks.leave(record)
        deps.names.join(renamed)
        await deps.names.joined(record.id)
      }
      publishContainer(deps, renamed, 'rename', { oldName: `/${record.name}` })
      await retag(deps, renamed)
    },
    update(name, { RestartPolicy, ...others }) {
      const record = find(name)
      const other = Object.entries(others).find(([, value]) => Boolean(value))
      if (other !== undefined) {
        throw notOnEcs(`docker update: ${other[0]}`, "a task's size is fixed; make a new container")
      }
      // As in Docker, no policy is no change.
      if (!(RestartPolicy as { Name?: string } | null | undefined)?.Name) return
      const config = {
        ...record.config,
        HostConfig: { ...record.config.HostConfig, RestartPolicy },
      } as DockerCreateBody
      checkRestartPolicy(config)
      changes.update(record.id, (current) => ({ ...current, config }))
    },
    until,
    follow: () => watch.hurry(),
  }
}

/** What ECS can send, and the number that Docker's event shows. */
const SIGNALS: Readonly<Record<string, string>> = { KILL: '9', 9: '9', TERM: '15', 15: '15' }

/** A backend without its store finds the new name; where it cannot be written, it finds the old one. */
async function retag({ aws, logger }: ContainerDeps, { live, taskArn, name }: ContainerRecord): Promise<void> {
  if (live !== true || taskArn === undefined) return
  try {
    await aws
      .ecs('write')
      .send(new TagResourceCommand({ resourceArn: taskArn, tags: [{ key: TAG_CONTAINER_NAME, value: name }] }))
  } catch (error) {
    if (!(error instanceof DockerError)) throw error
    logger.warn({ err: error }, 'the task keeps the old name of its container in its tags')
  }
}
