import type { ContainerDefinition, ExecuteCommandRequest, ExecuteCommandResponse } from '@aws-sdk/client-ecs'
import { split } from 'shlex'
import { EcsError, invalidParameter } from '../ecs-error.ts'
import { findCluster, findTask } from '../find-records.ts'
import type { Simulation } from '../simulation.ts'
import { containerArn } from '../views/to-task.ts'
import type { ClusterRecord, TaskRecord } from '../world.ts'

/** As users report it, its apostrophe included. */
const NOT_ENABLED =
  'The execute command failed because execute command was not enabled when the task was run or the execute command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.'

/** Promises a session; its command starts when a client of Session Manager comes for it. */
export function executeCommand(input: ExecuteCommandRequest, simulation: Simulation): ExecuteCommandResponse {
  const cluster = findCluster(simulation, input.cluster)
  if (input.interactive !== true) throw invalidParameter('Interactive is the only mode supported currently.')
  const task = requireTask(simulation, cluster, input.task ?? '')
  const container = requireContainer(simulation, task, input.container)
  const { name = '' } = container
  const isStopped = task.containers?.[name]?.lastStatus === 'STOPPED'
  if (!task.request.enableExecuteCommand || task.lastStatus !== 'RUNNING' || isStopped) {
    throw invalidParameter(NOT_ENABLED)
  }
  // Amazon's agent must be able to write (documented); the answer is what users report.
  if (container.readonlyRootFilesystem === true) {
    throw notConnected('The execute command failed due to an internal error. Try again later.')
  }
  const shell = simulation.runtime.shell?.(task, name)
  if (shell === undefined) {
    throw notConnected(
      'This task is simulated: there is no container to run a command in. Start the emulator with the runtime docker.',
    )
  }
  const { command = '' } = input
  return {
    clusterArn: cluster.arn,
    containerArn: containerArn(simulation.account, task, name),
    containerName: name,
    interactive: true,
    session: simulation.issueSession(() => shell(wordsOf(command))),
    taskArn: task.arn,
  }
}

/** Only ids of these lengths are looked up; the text is as users report it. */
const ID_LENGTHS = [32, 36]

function requireTask(simulation: Simulation, cluster: ClusterRecord, reference: string): TaskRecord {
  if (!reference.startsWith('arn:') && !ID_LENGTHS.includes(reference.length)) {
    throw invalidParameter('task length should be one of [32,36]')
  }
  const found = findTask(simulation, cluster, reference)
  if (found === undefined) throw invalidParameter('The referenced task was not found.')
  return found
}

/** Documented: a name is needed only where there are several. The texts are invented. */
function requireContainer(simulation: Simulation, task: TaskRecord, name: string | undefined): ContainerDefinition {
  const { containerDefinitions = [] } = simulation.world.taskDefinitions[task.taskDefinition]?.definition ?? {}
  if (name === undefined && containerDefinitions.length > 1) {
    throw invalidParameter('The task has several containers: a container name must be provided.')
  }
  const found = containerDefinitions.find((container) => name === undefined || container.name === name)
  if (found === undefined) throw invalidParameter(`The task has no container ${name}.`)
  return found
}

/** In containers, Amazon's agent splits the command and starts it without a shell (agent/session/shell/shell_unix.go). */
function wordsOf(command: string): string[] {
  if (command.trim() === '') return ['sh']
  try {
    return split(command)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Failed to parse commands input: ${reason}`, { cause })
  }
}

const notConnected = (message: string): EcsError => new EcsError({ type: 'TargetNotConnectedException', message })
