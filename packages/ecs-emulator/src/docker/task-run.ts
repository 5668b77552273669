import { setTimeout as delay } from 'node:timers/promises'
import { lastSegment } from '../identifiers.ts'
import { logStreamOf } from '../log-target.ts'
import type { ContainerState, TaskRecord } from '../world.ts'
import { mayStart } from './await-dependencies.ts'
import { createContainer } from './create-container.ts'
import { joinDiscovery } from './discovery-network.ts'
import { inspectContainer } from './inspect-container.ts'
import { fromEngine, LaunchError, statusOf } from './launch-error.ts'
import { attachOutput, followLogs, readOutput } from './read-output.ts'
import { removeTask, volumeName } from './remove-task.ts'
import type { TaskHost } from './task-host.ts'
import { CONTAINER_LABEL, taskLabels } from './task-labels.ts'
import type { PlannedContainer, TaskPlan } from './task-plan.ts'
import { toContainerInput } from './to-container-input.ts'

const RETRY_MS = 1_000
/** How long a stopped container's last lines may take to arrive. */
const LAST_OUTPUT_MS = 5_000

/**
 * One task as real containers: pulls, creates and starts them in order, says what becomes of them, and takes them away. `launch` or
 * `adopt` once, then `look` whenever something may have happened, and `end` in the end, at any time.
 */
export class TaskRun {
  readonly #host: TaskHost
  readonly #task: TaskRecord
  readonly #plan: TaskPlan
  readonly #ids = new Map<string, string>()
  readonly #states = new Map<string, Partial<ContainerState>>()
  readonly #outputs: Promise<void>[] = []
  #launching: Promise<void> = Promise.resolve()
  #looking: Promise<void> = Promise.resolve()
  #naming: Promise<void> = Promise.resolve()
  #names: readonly string[] = []
  #health: ContainerState['healthStatus'] = 'UNKNOWN'
  #ended: Promise<void> | undefined
  readonly #ending = Promise.withResolvers<void>()
  #changed = Promise.withResolvers<void>()

  constructor(host: TaskHost, task: TaskRecord, plan: TaskPlan) {
    this.#host = host
    this.#task = task
    this.#plan = plan
  }

  /** Starts the task; ends it with a report when that fails. */
  launch(): void {
    this.#launching = this.#launch().catch((error: unknown) => {
      if (this.#isEnding()) return
      const failure = error instanceof LaunchError ? error : fromEngine('CannotStartContainerError', error)
      this.#host.report(this.#task.arn, { kind: 'failed_to_start', reason: failure.message })
    })
  }

  /** Takes over containers of an earlier process, by name. */
  adopt(ids: ReadonlyMap<string, string>, outputSince: number): void {
    for (const planned of this.#plan.containers) {
      const id = ids.get(planned.name)
      this.#states.set(planned.name, id === undefined ? { lastStatus: 'STOPPED' } : { lastStatus: 'RUNNING' })
      if (id === undefined) continue
      this.#ids.set(planned.name, id)
      const { docker, closing } = this.#host
      // A container that has ended meanwhile has nothing to follow; its end is seen elsewhere.
      this.#read(planned, () => followLogs(docker, id, outputSince, closing)).catch(() => undefined)
    }
    this.#health = this.#task.healthStatus
  }

  /** Asks the engine about the containers and reports what has changed. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(() => this.#look()).catch(() => undefined)
    return this.#looking
  }

  /** Lets go of the containers as they are. Nothing more is started once it has resolved. */
  async abandon(): Promise<void> {
    this.#ended ??= Promise.resolve()
    this.#ending.resolve()
    await this.#launching
    await this.#naming
  }

  /** Names of Cloud Map that are to lead to the task from now on. */
  answerTo(names: readonly string[]): void {
    if (JSON.stringify(names) === JSON.stringify(this.#names)) return
    this.#names = names
    const owner = this.#ids.get(this.#plan.networkOwner ?? '')
    if (owner === undefined || this.#isEnding()) return
    this.#naming = this.#naming.then(() => this.#join(owner)).catch(() => undefined)
  }

  /** Stops and removes everything, those first on which nothing depends. Tries until the engine has done it. */
  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  #isEnding(): boolean {
    return this.#ended !== undefined
  }

  async #launch(): Promise<void> {
    const { arn } = this.#task
    const images = new Map<string, string>()
    for (const { image } of this.#plan.containers) {
      const id = await Promise.race([this.#host.pull(image), this.#ending.promise])
      if (id === undefined || this.#isEnding()) return
      images.set(image, id)
    }
    this.#host.report(arn, { kind: 'pull_stopped' })
    const last = this.#plan.containers.at(-1)
    for (const planned of this.#plan.containers) {
      if (!(await this.#untilReady(planned))) return
      await this.#start(planned, images.get(planned.image) ?? '')
      if (this.#isEnding()) return
      // Before the first look: a task that has run must not end before it started.
      if (planned === last) this.#host.report(arn, { kind: 'started' })
      await this.look()
    }
  }

  /** Whether to go on: an end of the task ends the wait. */
  async #untilReady(planned: PlannedContainer): Promise<boolean> {
    const timeout = new AbortController()
    const late = this.#startTimeout(planned, timeout.signal)
    try {
      while (!this.#isEnding()) {
        if (mayStart(planned, this.#states)) return true
        await Promise.race([this.#changed.promise, this.#ending.promise, late])
      }
      return false
    } finally {
      timeout.abort()
    }
  }

  /** Documented: how long a container waits for those that it depends on. */
  async #startTimeout({ name, startTimeoutSeconds }: PlannedContainer, signal: AbortSignal): Promise<void> {
    const never = new Promise<void>(() => undefined)
    if (startTimeoutSeconds === undefined) return await never
    try {
      await delay(startTimeoutSeconds * 1000, undefined, { signal })
    } catch {
      return await never
    }
    throw new LaunchError(`Container ${name} waited ${startTimeoutSeconds} s for what it depends on.`)
  }

  async #start(planned: PlannedContainer, imageDigest: string): Promise<void> {
    const { docker, closing } = this.#host
    const id = await this.#create(planned)
    this.#ids.set(planned.name, id)
    this.#update(planned.name, { runtimeId: id, imageDigest, lastStatus: 'PENDING' })
    if (this.#isEnding()) return
    try {
      if (planned.name === this.#plan.networkOwner) await this.#join(id)
      await this.#read(planned, () => attachOutput(docker, id, closing))
      await docker.getContainer(id).start()
    } catch (error) {
      throw fromEngine('CannotStartContainerError', error)
    }
    this.#update(planned.name, { lastStatus: 'RUNNING' })
  }

  /** Engine names of the volumes of EFS, each made where it is missing. */
  async #mountFileSystems(): Promise<(readonly [string, string])[]> {
    return await Promise.all(
      this.#plan.fileSystems.map(async (planned) => [planned.volume, await this.#host.fileSystem(planned)] as const),
    )
  }

  /** Before it starts: its first question may be for a name. */
  async #join(id: string): Promise<void> {
    const network = this.#plan.network === 'awsvpc' ? await this.#host.discoveryNetwork() : undefined
    if (network !== undefined) await joinDiscovery(this.#host.docker, network, id, this.#names)
  }

  async #create(planned: PlannedContainer): Promise<string> {
    const { docker, scope, engineCpus, output } = this.#host
    const { arn, network, taskDefinition } = this.#task
    const labels = taskLabels(scope, this.#task)
    const owner = this.#plan.networkOwner
    if (planned.logs !== undefined) output.open(planned.logs, logStreamOf(planned.logs, planned.name, lastSegment(arn)))
    const input = toContainerInput(this.#plan, planned, {
      labels: { ...labels, [CONTAINER_LABEL]: planned.name },
      networkOf: owner === undefined || owner === planned.name ? undefined : this.#ids.get(owner),
      address: network?.privateIp ?? '127.0.0.1',
      samePorts: network !== undefined && network.privateIp !== '127.0.0.1',
      volumes: new Map([
        ...this.#plan.volumes.map((volume) => [volume, volumeName(arn, volume)] as const),
        ...(await this.#mountFileSystems()),
      ]),
      engineCpus,
    })
    const name = `ecs-${lastSegment(taskDefinition).replace(':', '-')}-${planned.name}-${lastSegment(arn)}`
    try {
      for (const volume of this.#plan.volumes) {
        await docker.createVolume({ Name: volumeName(arn, volume), Labels: labels })
      }
      return await createContainer(docker, name, input)
    } catch (error) {
      throw fromEngine('CannotCreateContainerError', error)
    }
  }

  async #look(): Promise<void> {
    for (const [name, id] of this.#ids) {
      const known = this.#states.get(name)
      // A container that is not started yet looks as if it had stopped.
      if (known?.lastStatus !== 'RUNNING') continue
      this.#update(name, await inspectContainer(this.#host.docker, id))
    }
    const essential = this.#plan.containers.filter((planned) => planned.essential)
    if (!this.#isEnding() && essential.some(({ name }) => this.#states.get(name)?.lastStatus === 'STOPPED')) {
      this.#host.report(this.#task.arn, { kind: 'exited' })
      return
    }
    const checked = essential.filter(({ definition }) => definition.healthCheck !== undefined)
    const statuses = checked.map(({ name }) => this.#states.get(name)?.healthStatus)
    if (statuses.includes('UNHEALTHY')) this.#reportHealth('UNHEALTHY')
    else if (statuses.length > 0 && statuses.every((status) => status === 'HEALTHY')) this.#reportHealth('HEALTHY')
  }

  #reportHealth(status: 'HEALTHY' | 'UNHEALTHY'): void {
    if (this.#health === status) return
    this.#health = status
    this.#host.report(this.#task.arn, { kind: 'health', status })
  }

  #update(name: string, state: Partial<ContainerState>): void {
    const before = this.#states.get(name)
    const after = { ...before, ...state }
    if (JSON.stringify(after) === JSON.stringify(before)) return
    this.#states.set(name, after)
    // Addresses of an interface need no bindings: AWS shows none (documented).
    const { networkBindings, ...rest } = state
    const hasBindings = this.#task.network === undefined || this.#task.network.privateIp === '127.0.0.1'
    const shown = hasBindings && networkBindings !== undefined ? { ...rest, networkBindings } : rest
    this.#host.report(this.#task.arn, { kind: 'container', name, state: shown })
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }

  #read({ logs, definition, name }: PlannedContainer, open: () => Promise<NodeJS.ReadableStream>): Promise<void> {
    if (logs === undefined) return Promise.resolve()
    const { output } = this.#host
    const stream = logStreamOf(logs, name, lastSegment(this.#task.arn))
    const onLine = (line: string): void => output.write(logs, stream, line)
    return open().then((source) => {
      this.#outputs.push(readOutput(source, definition.pseudoTerminal === true, onLine))
    })
  }

  async #end(): Promise<void> {
    this.#ending.resolve()
    await this.#launching
    // An engine that connects a container while it removes it keeps the endpoint for ever.
    await this.#naming
    await this.#persist(async () => {
      const stops = new Map<string, Promise<void>>()
      await Promise.all(this.#plan.containers.map(({ name }) => this.#stop(name, stops)))
    })
    await this.look()
    await Promise.race([Promise.all(this.#outputs), delay(LAST_OUTPUT_MS, undefined, { ref: false })])
    await this.#persist(() => removeTask(this.#host.docker, this.#task.arn))
  }

  #stop(name: string, stops: Map<string, Promise<void>>): Promise<void> {
    const found = stops.get(name)
    if (found !== undefined) return found
    const dependents = this.#plan.containers.filter(({ dependsOn }) => dependsOn.some(({ on }) => on === name))
    const stopping = Promise.all(dependents.map((dependent) => this.#stop(dependent.name, stops))).then(() =>
      this.#stopOne(name),
    )
    stops.set(name, stopping)
    return stopping
  }

  async #stopOne(name: string): Promise<void> {
    const id = this.#ids.get(name)
    const planned = this.#plan.containers.find((container) => container.name === name)
    const { docker, closing } = this.#host
    if (id === undefined || planned === undefined) return
    try {
      await docker.getContainer(id).stop({ t: planned.stopTimeoutSeconds, abortSignal: closing })
    } catch (error) {
      // 304: not running; 404: not there any more.
      if (statusOf(error) !== 304 && statusOf(error) !== 404) throw error
    }
  }

  async #persist(action: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await action()
      } catch (error) {
        if (this.#host.closing.aborted) throw error
        await delay(RETRY_MS)
      }
    }
  }
}
