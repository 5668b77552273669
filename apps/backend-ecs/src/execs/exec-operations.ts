import { randomBytes } from 'node:crypto'
import { ExecuteCommandCommand, type Session } from '@aws-sdk/client-ecs'
import pRetry from 'p-retry'
import type { BackendDeps } from '../backend-deps.ts'
import type { ContainerOperations } from '../containers/container-operations.ts'
import { CONTAINER_NAME } from '../containers/definition/to-container-definition.ts'
import { AwsCallError } from '../errors/aws-call-error.ts'
import { badRequest, conflict, DockerError, noSuch, notOnEcs } from '../errors/docker-error.ts'
import { SessionError } from '../sessions/session-error.ts'
import { type RunningExec, startExec } from '../sessions/start-exec.ts'
import type { ContainerRecord, ExecRecord } from '../store/records.ts'

/** The body of `POST /containers/{id}/exec`. */
export interface ExecCreateBody {
  readonly Cmd?: readonly string[] | null
  readonly Env?: readonly string[] | null
  readonly WorkingDir?: string
  readonly User?: string
  readonly Tty?: boolean
  readonly AttachStdin?: boolean
  readonly AttachStdout?: boolean
  readonly AttachStderr?: boolean
  readonly Privileged?: boolean
  readonly DetachKeys?: string
}

export interface ExecOperations {
  /** Throws 409 unless the container runs. */
  create(container: string, body: ExecCreateBody): ExecRecord
  find(id: string): ExecRecord
  /** Starts it, once. Its record says how it ended. Throws 501 with the reason where ECS gives no session. */
  start(
    id: string,
    options: { readonly tty: boolean; readonly hasInput: boolean; readonly signal: AbortSignal },
  ): Promise<RunningExec>
  /** Starts it, and sees it end without a client. */
  startDetached(id: string): Promise<void>
  /** Runs a command of the backend's own, of which Docker's clients see nothing. Throws like `start`. */
  run(
    container: string,
    command: readonly string[],
    options: { readonly hasInput: boolean; readonly signal: AbortSignal },
  ): Promise<RunningExec>
  resize(id: string, size: { readonly rows: number; readonly columns: number }): void
}

/** ECS's agent is ready some seconds after its task runs. */
const AGENT_RETRIES = { retries: 20, minTimeout: 250, factor: 1.5, maxTimeout: 3_000, maxRetryTime: 40_000 }

/** How long it can be asked how a command ended, as with Docker's engine; else they go with their container. */
const KEPT_MS = 300_000

type Deps = Pick<BackendDeps, 'aws' | 'store' | 'settings' | 'events' | 'now' | 'logger' | 'closing'> & {
  readonly containers: Pick<ContainerOperations, 'find'>
}

export function createExecOperations({
  aws,
  store,
  settings,
  events,
  now,
  logger,
  closing,
  containers,
}: Deps): ExecOperations {
  const running = new Map<string, RunningExec>()
  const markEnded = (id: string, exitCode: number): void =>
    void store.execs.update(id, (current) => ({ ...current, running: false, exitCode, endedAt: now().toISOString() }))

  // Their sessions ended with the process that had them.
  for (const exec of store.execs.list()) if (exec.running) markEnded(exec.id, EXIT_UNKNOWN)

  function forgetEnded(): void {
    for (const { id, endedAt } of store.execs.list()) {
      if (endedAt !== undefined && now().getTime() - Date.parse(endedAt) > KEPT_MS) store.execs.delete(id)
    }
  }

  function find(id: string): ExecRecord {
    const found = store.execs.get(id) ?? store.execs.byKeyPrefix(id)[0]
    if (found === undefined) throw noSuch('exec instance', id)
    return found
  }

  function requireTaskRole(): void {
    if (settings.ecs.task_role_arn !== undefined) return
    throw notOnEcs('exec', 'set ecs.task_role_arn to a role that may use ssmmessages')
  }

  const openSession =
    (container: ContainerRecord, signal: AbortSignal) =>
    (command: string): Promise<Session> =>
      pRetry(
        async () => {
          const answer = await aws.ecs('write').send(
            new ExecuteCommandCommand({
              cluster: settings.ecs.cluster,
              task: container.taskArn ?? '',
              container: CONTAINER_NAME,
              interactive: true,
              command,
            }),
          )
          return answer.session ?? {}
        },
        {
          ...AGENT_RETRIES,
          signal,
          shouldRetry: ({ error }) => isNotReady(error) && containers.find(container.id).state.status === 'running',
        },
      )

  async function start(...[id, { tty, hasInput, signal }]: Parameters<ExecOperations['start']>): Promise<RunningExec> {
    const record = find(id)
    if (record.started) throw conflict(`Error: Exec command ${record.id} has already run`)
    const container = requireRunning(containers.find(record.containerId))
    requireTaskRole()
    store.execs.update(record.id, (current) => ({ ...current, started: true, running: true }))
    const publish = (action: string, attributes: Record<string, string> = {}): void =>
      events.publish({
        type: 'container',
        action,
        id: container.id,
        attributes: { execID: record.id, name: container.name, ...attributes },
      })
    const ended = (exitCode: number): void => {
      running.delete(record.id)
      markEnded(record.id, exitCode)
      publish('exec_die', { exitCode: String(exitCode) })
    }
    try {
      const exec = await startExec({ ...record, tty, hasInput, openSession: openSession(container, signal), signal })
      running.set(record.id, exec)
      publish(`exec_start: ${record.command.join(' ')}`)
      exec.exitCode
        .then(ended, () => ended(EXIT_UNKNOWN))
        .catch((error: unknown) => logger.error({ err: error, exec: record.id }, 'the end of an exec was not written'))
      return exec
    } catch (error) {
      ended(EXIT_NOT_STARTED)
      throw explain(error)
    }
  }

  return {
    async run(name, command, { hasInput, signal }) {
      const container = requireRunning(containers.find(name))
      requireTaskRole()
      const request = { command, env: [], workingDir: '', tty: false, hasInput, signal }
      return await startExec({ ...request, openSession: openSession(container, signal) }).catch((error: unknown) => {
        throw explain(error)
      })
    },
    create(name, body) {
      const container = requireRunning(containers.find(name))
      const command = body.Cmd ?? []
      if (command.length === 0) throw badRequest('No exec command specified')
      if (body.Privileged === true)
        throw notOnEcs('exec --privileged', 'ECS runs commands with the rights of the container')
      const user = body.User ?? ''
      // ECS runs every command as root, whoever the container runs as.
      if (!['', 'root', '0', '0:0', 'root:root'].includes(user))
        throw notOnEcs(`exec --user ${user}`, 'ECS runs every command as root; use su in it')
      const record: ExecRecord = {
        id: randomBytes(32).toString('hex'),
        containerId: container.id,
        createdAt: now().toISOString(),
        command,
        env: body.Env ?? [],
        workingDir:
          body.WorkingDir ||
          String(container.config.WorkingDir ?? '') ||
          imageDirectory(store.images.list().find(({ id }) => id === container.imageId)),
        user,
        tty: body.Tty === true,
        attachStdin: body.AttachStdin === true,
        attachStdout: body.AttachStdout === true,
        attachStderr: body.AttachStderr === true,
        running: false,
        started: false,
        exitCode: null,
      }
      forgetEnded()
      store.execs.insert(record)
      return record
    },
    find,
    start,
    async startDetached(id) {
      const exec = await start(id, { tty: find(id).tty, hasInput: false, signal: closing })
      const drain = async (): Promise<void> => {
        for await (const _part of exec.output);
      }
      drain().catch((error: unknown) => logger.warn({ err: error, exec: id }, 'a detached exec broke off'))
    },
    resize: (id, size) => running.get(find(id).id)?.resize(size),
  }
}

const EXIT_UNKNOWN = 137
const EXIT_NOT_STARTED = 126

const imageDirectory = (image: { readonly config: Readonly<Record<string, unknown>> } | undefined): string =>
  (image?.config.config as { WorkingDir?: string } | null | undefined)?.WorkingDir ?? ''

function requireRunning(container: ContainerRecord): ContainerRecord {
  if (container.state.status !== 'running') throw conflict(`Container ${container.id} is not running`)
  return container
}

const isNotReady = (error: unknown): boolean =>
  error instanceof AwsCallError &&
  (error.facts.name === 'TargetNotConnectedException' ||
    /execute command agent isn.t running/.test(error.facts.message))

function explain(error: unknown): unknown {
  if (error instanceof SessionError)
    return new DockerError({ status: 501, message: `exec is not possible here: ${error.message}`, cause: error })
  if (!isNotReady(error)) return error
  return new DockerError({
    status: 501,
    message: `${(error as Error).message} (exec needs the agent of ECS: a task role with ssmmessages, a way to it from the subnets, and a root file system that may be written to)`,
    cause: error,
  })
}
