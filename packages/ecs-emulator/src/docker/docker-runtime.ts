import type { RegisterTaskDefinitionRequest, TaskOverride } from '@aws-sdk/client-ecs'
import type Docker from 'dockerode'
import type { ContainerShell, RuntimeContext, TaskRuntime } from '../task-runtime.ts'
import {
  CONNECTED_AFTER_S,
  PULL_STARTED_AFTER_S,
  RELEASED_AFTER_STOP_S,
  RELEASED_WITHOUT_INTERFACE_S,
  SETTLED_AFTER_START_S,
} from '../timings.ts'
import type { TaskRecord, TaskReport, TimedReport } from '../world.ts'
import { killSessions, runInContainer } from './container-shell.ts'
import { ensureDiscoveryNetwork, hasPrivateNamespace, namesOf } from './discovery-network.ts'
import { ensureImage } from './ensure-image.ts'
import { LaunchError } from './launch-error.ts'
import { loopbackAddress } from './loopback-address.ts'
import { mountFileSystem } from './mount-file-system.ts'
import { recoverContainers } from './recover-containers.ts'
import { removeLabelled, removeTask } from './remove-task.ts'
import type { TaskHost, TaskOutput } from './task-host.ts'
import { SCOPE_LABEL, type Scope } from './task-labels.ts'
import { planTask } from './task-plan.ts'
import { TaskRun } from './task-run.ts'
import { watchEngine } from './watch-engine.ts'

export interface DockerRuntimeParts {
  readonly docker: Docker
  readonly engineCpus: number
  readonly scope: Scope
  readonly output: TaskOutput
  readonly context: RuntimeContext
}

/** Runs each task as containers of a Docker Engine, except where a script says how the task behaves. */
export class DockerRuntime implements TaskRuntime {
  readonly #parts: DockerRuntimeParts
  readonly #runs = new Map<string, TaskRun>()
  #network: Promise<string> | undefined
  readonly #pulls = new Map<string, Promise<string>>()
  readonly #closing = new AbortController()
  readonly #host: TaskHost
  readonly #simulated: TaskRuntime

  constructor(parts: DockerRuntimeParts) {
    const { docker, engineCpus, scope, output, context } = parts
    const closing = this.#closing.signal
    this.#parts = parts
    this.#simulated = context.simulated
    this.#host = {
      docker,
      scope,
      engineCpus,
      report: context.report,
      output,
      closing,
      pull: (image) => this.#pull(image),
      discoveryNetwork: () => this.#discoveryNetwork(),
      fileSystem: (planned) => mountFileSystem(docker, scope, context.world(), planned),
    }
  }

  start(task: TaskRecord, at: number): readonly TimedReport[] {
    if (isScripted(task)) return this.#simulated.start(task, at)
    return [
      after(at, CONNECTED_AFTER_S, { kind: 'attached' }),
      after(at, PULL_STARTED_AFTER_S, { kind: 'pull_started' }),
    ]
  }

  stop(task: TaskRecord, at: number, stopTimeoutSeconds: number): readonly TimedReport[] {
    if (isScripted(task)) return this.#simulated.stop(task, at, stopTimeoutSeconds)
    return this.release(task, at)
  }

  release(task: TaskRecord, at: number): readonly TimedReport[] {
    const run = isScripted(task) ? undefined : this.#runs.get(task.arn)
    if (run === undefined) return [released(task, at)]
    this.#end(task.arn, run)
    return []
  }

  follow(task: TaskRecord, report: TaskReport, at: number): readonly TimedReport[] {
    if (isScripted(task)) return this.#simulated.follow?.(task, report, at) ?? []
    switch (report.kind) {
      case 'pull_started':
        return this.#launch(task, at)
      case 'started':
        return hasHealthCheck(this.#definitionOf(task)) ? [] : [after(at, SETTLED_AFTER_START_S, { kind: 'settled' })]
      case 'health':
        return report.status === 'UNHEALTHY' || task.settled
          ? []
          : [after(at, SETTLED_AFTER_START_S, { kind: 'settled' })]
      case 'exited':
        return this.#runs.has(task.arn) || task.pending.some(isStopped) ? [] : [released(task, at)]
      default:
        return []
    }
  }

  address(number: number): string {
    return loopbackAddress(this.#parts.scope.id, number)
  }

  shell(task: TaskRecord, container: string): ContainerShell | undefined {
    const id = isScripted(task) ? undefined : task.containers?.[container]?.runtimeId
    return id === undefined ? undefined : (command) => runInContainer(this.#parts.docker, id, command)
  }

  /** Each task learns the names that lead to it. */
  discover(): void {
    const { tasks } = this.#parts.context.world()
    for (const [arn, run] of this.#runs) {
      const address = tasks[arn]?.network?.privateIp
      if (address !== undefined) run.answerTo(namesOf(this.#parts.context.world(), address))
    }
  }

  clear(): void {
    for (const [arn, run] of this.#runs) this.#end(arn, run)
  }

  /**
   * Takes over the containers of an earlier process, reports tasks that have lost theirs, removes containers without a task, and
   * begins to watch the engine. To be called once, before anything else happens.
   */
  async resume(tasks: readonly TaskRecord[], savedAt: number): Promise<void> {
    const { docker, scope, context } = this.#parts
    const left = new Map(await recoverContainers(docker, scope))
    for (const task of tasks) {
      if (isScripted(task) || task.pullStartedAt === undefined || isOver(task)) continue
      const containers = left.get(task.arn) ?? new Map<string, string>()
      left.delete(task.arn)
      const run = new TaskRun(this.#host, task, planTask(this.#definitionOf(task), overridesOf(task)))
      this.#runs.set(task.arn, run)
      run.answerTo(task.network === undefined ? [] : namesOf(context.world(), task.network.privateIp))
      run.adopt(containers, Math.floor(savedAt / 1000))
      if (task.request.enableExecuteCommand) {
        await Promise.all([...containers.values()].map((id) => killSessions(docker, id)))
      }
      if (task.desiredStatus === 'STOPPED') this.#end(task.arn, run)
      else if (task.startedAt === undefined) {
        context.report(task.arn, {
          kind: 'failed_to_start',
          reason: 'The emulator was restarted while the task started.',
        })
      }
    }
    for (const taskArn of left.keys()) await removeTask(docker, taskArn)
    const lookAll = (): void => {
      for (const run of this.#runs.values()) void run.look()
    }
    const onTask = (taskArn: string): void => void this.#runs.get(taskArn)?.look()
    void watchEngine(docker, scope, { onTask, onConnected: lookAll }, this.#closing.signal)
  }

  /** Lets go of the engine. Containers stay where a state file tells of them; all others are killed and removed. */
  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.all([...this.#runs.values()].map((run) => run.abandon()))
    const { docker, scope } = this.#parts
    if (!scope.kept) await removeLabelled(docker, [`${SCOPE_LABEL}=${scope.id}`])
  }

  #definitionOf({ taskDefinition }: TaskRecord): RegisterTaskDefinitionRequest {
    const { taskDefinitions } = this.#parts.context.world()
    return taskDefinitions[taskDefinition]?.definition ?? { family: undefined, containerDefinitions: [] }
  }

  #launch(task: TaskRecord, at: number): readonly TimedReport[] {
    try {
      const run = new TaskRun(this.#host, task, planTask(this.#definitionOf(task), overridesOf(task)))
      this.#runs.set(task.arn, run)
      run.launch()
      return []
    } catch (error) {
      if (!(error instanceof LaunchError)) throw error
      return [{ at, report: { kind: 'failed_to_start', reason: error.message } }]
    }
  }

  #end(arn: string, run: TaskRun): void {
    const gone = (): void => {
      if (this.#closing.signal.aborted || this.#runs.get(arn) !== run) return
      this.#runs.delete(arn)
      this.#parts.context.report(arn, { kind: 'exited' })
    }
    run.end().then(gone, () => undefined)
  }

  #discoveryNetwork(): Promise<string | undefined> {
    const { docker, scope, context } = this.#parts
    if (!hasPrivateNamespace(context.world())) return Promise.resolve(undefined)
    this.#network ??= ensureDiscoveryNetwork(docker, scope).catch((error: unknown) => {
      this.#network = undefined
      throw error
    })
    return this.#network
  }

  #pull(image: string): Promise<string> {
    const found = this.#pulls.get(image)
    if (found !== undefined) return found
    const pulling = ensureImage(this.#parts, image, this.#closing.signal).finally(() => this.#pulls.delete(image))
    this.#pulls.set(image, pulling)
    return pulling
  }
}

const isScripted = ({ behaviour }: TaskRecord): boolean => behaviour.kind !== 'run'
const isStopped = ({ report }: TimedReport): boolean => report.kind === 'stopped'
/** What is left to happen is known already, or nothing is. */
const isOver = (task: TaskRecord): boolean => task.lastStatus === 'STOPPED' || task.pending.some(isStopped)
const overridesOf = ({ request }: TaskRecord): TaskOverride => (request.overrides as TaskOverride | undefined) ?? {}

const hasHealthCheck = ({ containerDefinitions = [] }: RegisterTaskDefinitionRequest): boolean =>
  containerDefinitions.some(({ essential, healthCheck }) => essential !== false && healthCheck !== undefined)

const after = (at: number, seconds: number, report: TaskReport): TimedReport => ({ at: at + seconds * 1000, report })

const released = (task: TaskRecord, at: number): TimedReport =>
  after(at, task.network === undefined ? RELEASED_WITHOUT_INTERFACE_S : RELEASED_AFTER_STOP_S, { kind: 'stopped' })
