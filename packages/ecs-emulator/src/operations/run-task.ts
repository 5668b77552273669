import type { RunTaskRequest, RunTaskResponse, StopTaskRequest, StopTaskResponse } from '@aws-sdk/client-ecs'
import { EcsError, invalidParameter } from '../ecs-error.ts'
import { findCluster, findTask, requireTaskDefinition } from '../find-records.ts'
import { launchOf, withDefaults } from '../service-defaults.ts'
import { SERVICE_RULES } from '../service-rules.ts'
import type { Simulation } from '../simulation.ts'
import { stableJson } from '../stable-json.ts'
import { createTask, stopTask as requestStop } from '../task-lifecycle.ts'
import { tagsOfNewTask } from '../task-tags.ts'
import { checkRules, checkTags } from '../validation-rules.ts'
import { toTask } from '../views/to-task.ts'
import type { ClusterRecord, TaskDefinitionRecord, TaskRecord } from '../world.ts'

/** Documented: a token is remembered for a day, or until an hour after its tasks have stopped, which is when they vanish. */
const TOKEN_KEPT_MS = 24 * 3600 * 1000

function forgetTokens({ world, now }: Simulation): void {
  for (const [token, { at, taskArns }] of Object.entries(world.runTaskTokens)) {
    const isOld = now() >= at + TOKEN_KEPT_MS || !taskArns.some((arn) => world.tasks[arn] !== undefined)
    if (isOld) delete world.runTaskTokens[token]
  }
}

/** A repeated token gives the tasks of the first call, stopped or not (captured). */
export function runTask(input: RunTaskRequest, simulation: Simulation): RunTaskResponse {
  const { world } = simulation
  forgetTokens(simulation)
  const cluster = findCluster(simulation, input.cluster)
  checkTags(input.tags)
  const request = stableJson({ ...input, cluster: cluster.arn })
  const token = input.clientToken === undefined ? undefined : `${cluster.arn} ${input.clientToken}`
  const replayed = token === undefined ? undefined : world.runTaskTokens[token]
  if (replayed !== undefined) {
    if (replayed.request !== request) {
      const message = 'The request uses the same client token as a previous, but non-identical request.'
      throw new EcsError({ type: 'ConflictException', message })
    }
    return { tasks: replayed.taskArns.flatMap((arn) => view(simulation, world.tasks[arn])), failures: [] }
  }
  if (input.propagateTags === 'SERVICE') {
    throw invalidParameter('A task that no service starts cannot take over the tags of a service.')
  }
  const count = input.count ?? 1
  if (!Number.isInteger(count) || count < 1 || count > 10) throw invalidParameter('count must be between 1 and 10.')
  const taskDefinition = requireTaskDefinition(simulation, input.taskDefinition)
  const response = launch(simulation, { ...input, count }, cluster, taskDefinition)
  const taskArns = (response.tasks ?? []).flatMap(({ taskArn }) => taskArn ?? [])
  if (token !== undefined && taskArns.length > 0) {
    world.runTaskTokens[token] = { at: simulation.now(), request, taskArns }
  }
  return response
}

function launch(
  simulation: Simulation,
  input: RunTaskRequest & { readonly count: number },
  cluster: ClusterRecord,
  taskDefinition: TaskDefinitionRecord,
): RunTaskResponse {
  const { launchType, capacityProviderStrategy, platformVersion, networkConfiguration } = input
  const given = {
    ...(launchType === undefined ? {} : { launchType }),
    ...(capacityProviderStrategy === undefined ? {} : { capacityProviderStrategy }),
    ...(platformVersion === undefined ? {} : { platformVersion }),
    ...(networkConfiguration === undefined ? {} : { networkConfiguration }),
  }
  const settings = withDefaults({ serviceName: undefined, ...given }, cluster, taskDefinition.arn)
  checkRules(SERVICE_RULES, { settings, taskDefinition })
  const name = `${taskDefinition.family}:${taskDefinition.revision}`
  const response = { tasks: [], failures: [] } as Required<RunTaskResponse>
  for (let index = 0; index < input.count; index += 1) {
    const subject = { cluster: cluster.name, service: undefined, family: taskDefinition.family, taskDefinition: name }
    const behaviour = simulation.scripts.take(subject)
    if (behaviour.kind === 'no_capacity') {
      response.failures?.push({
        reason:
          behaviour.reason ??
          'Capacity is unavailable at this time. Please try again later or in a different availability zone',
      })
      continue
    }
    const task = createTask(simulation, {
      clusterArn: cluster.arn,
      taskDefinition: taskDefinition.arn,
      group: input.group ?? `family:${taskDefinition.family}`,
      ...(input.startedBy === undefined ? {} : { startedBy: input.startedBy }),
      launch: launchOf(settings),
      behaviour,
      request: { overrides: input.overrides, enableExecuteCommand: input.enableExecuteCommand === true },
    })
    simulation.world.tags[task.arn] = tagsOfNewTask(simulation.world, {
      clusterArn: cluster.arn,
      taskDefinition: taskDefinition.arn,
      propagateTags: input.propagateTags,
      enableECSManagedTags: input.enableECSManagedTags,
      tags: input.tags,
    })
    response.tasks?.push(...view(simulation, task))
  }
  return response
}

/** Answers with the task still running (captured). */
export function stopTask(input: StopTaskRequest, simulation: Simulation): StopTaskResponse {
  const cluster = findCluster(simulation, input.cluster)
  const task = findTask(simulation, cluster, input.task ?? '')
  if (task === undefined) throw invalidParameter('The referenced task was not found.')
  requestStop(simulation, task, { stopCode: 'UserInitiated', reason: input.reason ?? 'Task stopped by user' })
  return { task: toTask(simulation, task, true) }
}

const view = (simulation: Simulation, task: TaskRecord | undefined): NonNullable<RunTaskResponse['tasks']> =>
  task === undefined ? [] : [toTask(simulation, task, true)]
