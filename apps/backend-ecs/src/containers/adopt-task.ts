import { DescribeTaskDefinitionCommand, type Task } from '@aws-sdk/client-ecs'
import {
  TAG_CONTAINER_ID,
  TAG_CONTAINER_NAME,
  TAG_CREATED_AT,
  TAG_IMAGE_ID,
  TAG_REMOVED,
} from '../aws/ownership-tags.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerDeps } from './container-deps.ts'
import { readEndpoints } from './container-endpoints.ts'
import { namedMounts } from './create-container.ts'
import { fromTaskDefinition } from './definition/from-task-definition.ts'
import { hostConfigOf } from './definition/host-config.ts'
import { logStreamOf } from './launch-container.ts'
import { runOf, tagOf } from './own-tasks.ts'

/** Makes the record of a container again from one of its tasks; of several runs the last one given counts. */
export async function adoptTask(deps: ContainerDeps, task: Task): Promise<void> {
  const { containers } = deps.store
  const known = containers.get(tagOf(task, TAG_CONTAINER_ID) ?? '')
  if (known !== undefined) return adoptLaterRun(deps, known, task)
  const record = await toRecord(deps, task)
  if (record?.taskArn === undefined) return
  // Two may have borne the name, one after the other.
  const isNew =
    containers.insert(record) || containers.insert({ ...record, name: `${record.name}_${record.id.slice(0, 12)}` })
  if (isNew) deps.watch.add(record.taskArn, record.id)
}

function adoptLaterRun({ changes, watch }: ContainerDeps, known: ContainerRecord, task: Task): void {
  const { taskArn } = task
  if (taskArn === undefined) return
  if (known.taskArn !== undefined) watch.remove(known.taskArn)
  const former = [...(known.formerLogStreams ?? []), ...(known.logStream === undefined ? [] : [known.logStream])]
  changes.update(known.id, (current) => ({
    ...current,
    runs: runOf(task),
    taskArn,
    logStream: logStreamOf(taskArn),
    ...(former.length === 0 ? {} : { formerLogStreams: former }),
    live: true,
  }))
  watch.add(taskArn, known.id)
}

async function toRecord(deps: ContainerDeps, task: Task): Promise<ContainerRecord | undefined> {
  const id = tagOf(task, TAG_CONTAINER_ID)
  const name = tagOf(task, TAG_CONTAINER_NAME)
  const { taskArn, taskDefinitionArn, desiredStatus } = task
  if (id === undefined || name === undefined || taskArn === undefined || taskDefinitionArn === undefined)
    return undefined
  if (tagOf(task, TAG_REMOVED) !== undefined) return undefined
  const { taskDefinition } = await deps.aws
    .ecs('read')
    .send(new DescribeTaskDefinitionCommand({ taskDefinition: taskDefinitionArn }))
  const config = taskDefinition === undefined ? undefined : fromTaskDefinition(taskDefinition)
  if (config === undefined) return undefined
  const autoRemove = hostConfigOf(config).AutoRemove === true
  // It would not be there any more.
  if (autoRemove && desiredStatus === 'STOPPED') return undefined
  return {
    id,
    name,
    createdAt: tagOf(task, TAG_CREATED_AT) ?? deps.now().toISOString(),
    config,
    imageId: tagOf(task, TAG_IMAGE_ID) ?? '',
    taskDefinitionArn,
    runs: runOf(task),
    restartCount: 0,
    taskArn,
    logStream: logStreamOf(taskArn),
    live: true,
    // What a client had asked for is not known; a policy must not start anew what somebody stopped.
    ...(desiredStatus === 'STOPPED' ? { stopRequested: true } : {}),
    state: { status: 'created', exitCode: 0, oomKilled: false, error: '' },
    networks: readEndpoints(config, (network) => deps.store.networks.byName(network)),
    mounts: namedMounts(config),
    autoRemove,
  }
}
