import { setTimeout as pause } from 'node:timers/promises'
import type { ContainerDefinition, Task } from '@aws-sdk/client-ecs'
import { CancelledError, type LogLine, type ReadLogsOptions, type TenantRef } from '@landlord/compute-core'
import type { LogStreamRef } from './ecs-api.ts'
import { isOwnService, tenantNotFound } from './service-ownership.ts'
import type { ServiceTarget } from './service-target.ts'
import { tenantPlace } from './tenant-places.ts'
import type { TenantScope } from './tenant-scope.ts'

/** CloudWatch Logs has new lines about this soon; each look costs a request per container. */
const FOLLOW_PAUSE_MS = 2000

interface ContainerStream {
  readonly container: string
  readonly ref: Omit<LogStreamRef, 'since' | 'tail'>
}

/**
 * What the tenant's containers write to CloudWatch Logs (`awslogs` of the task definition), merged by time: of the tasks that
 * run, or where none does of those that stopped last. Containers with another log driver have no lines here.
 */
export async function* readLogs(
  scope: TenantScope,
  tenant: TenantRef,
  options: ReadLogsOptions,
): AsyncGenerator<LogLine> {
  const target = tenantPlace(scope, tenant)
  const { follow = false, tail, since } = options
  const from = since === undefined ? undefined : Date.parse(since)
  // By stream: one that lags must not lose the lines that another one was ahead of.
  const read: Positions = new Map()
  yield* await readLines(scope, { target, read, from, tail })
  const startedAt = from ?? scope.now().getTime()
  while (follow) {
    await pauseUnlessAborted(scope.signal)
    yield* await readLines(scope, { target, read, from: startedAt })
  }
}

type Positions = Map<string, number>

async function pauseUnlessAborted(signal: AbortSignal): Promise<void> {
  try {
    await pause(FOLLOW_PAUSE_MS, undefined, { signal })
  } catch {
    throw new CancelledError({ message: 'cancelled: following the logs', cause: signal.reason })
  }
}

async function readStreams(scope: TenantScope, target: ServiceTarget): Promise<ContainerStream[]> {
  const call = scope.call('background')
  const reading = await scope.api.describeService(target, call)
  if (reading.kind === 'missing' || reading.service.status === 'INACTIVE' || !isOwnService(scope, reading.service)) {
    throw tenantNotFound(scope, target)
  }
  const running = await scope.api.listTasks(target, 'RUNNING', call)
  const tasks = running.length > 0 ? running : await scope.api.listTasks(target, 'STOPPED', call)
  const streams = await Promise.all(tasks.map((task) => streamsOf(scope, target, task, tasks.length > 1)))
  return streams.flat()
}

async function streamsOf(
  scope: TenantScope,
  target: ServiceTarget,
  task: Task,
  isOneOfMany: boolean,
): Promise<ContainerStream[]> {
  const { taskDefinitionArn, taskArn = '' } = task
  if (taskDefinitionArn === undefined) return []
  const definition = await scope.api.describeTaskDefinition(target, taskDefinitionArn, scope.call('background'))
  const taskId = taskArn.slice(taskArn.lastIndexOf('/') + 1)
  return (definition.containerDefinitions ?? []).flatMap((container) => {
    const ref = streamOf(container, taskId, target.region)
    const name = container.name ?? 'container'
    return ref === undefined ? [] : [{ container: isOneOfMany ? `${name}/${taskId.slice(0, 8)}` : name, ref }]
  })
}

/** `prefix/container/task`, as the awslogs driver names its streams on ECS; without a prefix the name cannot be known. */
function streamOf({ name, logConfiguration }: ContainerDefinition, taskId: string, region: string) {
  const { logDriver, options } = logConfiguration ?? {}
  const group = options?.['awslogs-group']
  const prefix = options?.['awslogs-stream-prefix']
  if (logDriver !== 'awslogs' || group === undefined || prefix === undefined) return undefined
  return { group, stream: `${prefix}/${name}/${taskId}`, region: options?.['awslogs-region'] ?? region }
}

interface Range {
  readonly target: ServiceTarget
  /** Up to where each stream was read; moved on. */
  readonly read: Positions
  /** Where a stream begins that was not read yet. */
  readonly from: number | undefined
  readonly tail?: number | undefined
}

async function readLines(scope: TenantScope, { target, read, from, tail }: Range): Promise<LogLine[]> {
  const streams = await readStreams(scope, target)
  const found = await Promise.all(
    streams.map(async (stream) => {
      const { group, stream: name } = stream.ref
      const since = read.get(`${group} ${name}`) ?? from
      const limits = { ...(since === undefined ? {} : { since }), ...(tail === undefined ? {} : { tail }) }
      const lines = tail === 0 ? [] : await readStream(scope, target, stream, limits)
      const last = lines.at(-1)?.at ?? since
      if (last !== undefined) read.set(`${group} ${name}`, last)
      return lines
    }),
  )
  const lines = found.flat().sort((left, right) => left.at - right.at)
  return (tail === undefined ? lines : lines.slice(Math.max(0, lines.length - tail))).map(({ line }) => line)
}

async function readStream(
  scope: TenantScope,
  target: ServiceTarget,
  { container, ref }: ContainerStream,
  limits: { readonly since?: number; readonly tail?: number },
): Promise<{ at: number; line: LogLine }[]> {
  const found: { at: number; line: LogLine }[] = []
  for await (const { timestamp, message } of scope.api.readLogEvents(
    target,
    { ...ref, ...limits },
    scope.call('background'),
  )) {
    for (const text of message.replace(/\r?\n$/, '').split(/\r\n|\r|\n/)) {
      // CloudWatch Logs does not tell the two streams apart.
      const line: LogLine = { timestamp: new Date(timestamp).toISOString(), stream: 'stdout', container, text }
      found.push({ at: timestamp, line })
    }
  }
  return found
}
