import { randomUUID } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as delay } from 'node:timers/promises'
import type Docker from 'dockerode'
import pRetry from 'p-retry'
import type { TerminalProcess, TerminalSize } from '../sessions/terminal-process.ts'

/** Tells the processes of one session from all others of their container: children inherit it. */
const SESSION_VARIABLE = 'ECS_EMULATOR_SESSION'
const TERM = 'TERM=xterm-256color'
const DEFAULT_LANG = 'LANG=C.UTF-8'
/** How long an engine may take to end a command. */
const KILL_TIMEOUT_MS = 10_000
/** Some five seconds: commands begin within a few hundred milliseconds, on a busy machine too. */
const RESIZE_RETRIES = { retries: 10, minTimeout: 20, factor: 2, maxTimeout: 1_000 }

/**
 * Runs a command on a terminal in a running container, as root, which is whom ECS Exec runs it as (documented), with the variables that
 * Amazon's agent adds (agent/session/shell/shell_unix.go). @throws when the engine does not take it.
 */
export async function runInContainer(
  docker: Docker,
  containerId: string,
  command: readonly string[],
): Promise<TerminalProcess> {
  const container = docker.getContainer(containerId)
  const mark = `${SESSION_VARIABLE}=${randomUUID()}`
  const { Config } = await container.inspect()
  const exec = await container.exec({
    Cmd: [...command],
    Env: [mark, TERM, ...(Config.Env.some((variable) => variable.startsWith('LANG=')) ? [] : [DEFAULT_LANG])],
    User: '0',
    Tty: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
  })
  const terminal: Duplex = await exec.start({ hijack: true, stdin: true, Tty: true })
  // What breaks the connection is seen by whoever reads the output.
  terminal.on('error', () => undefined)
  // A new size takes a request of its own, which the input typed after it must not overtake.
  let resized = Promise.resolve()
  return {
    output: terminal,
    write: (input) => {
      void resized.then(() => {
        if (terminal.writable) terminal.write(input)
      })
    },
    resize: (size) => {
      resized = resized.then(() => resizeTerminal(exec, size))
    },
    kill: async () => {
      terminal.destroy()
      await killMarked(container, mark)
    },
  }
}

/** The engine refuses a new size until the command has begun, which is later than its answer to the start, and once it has ended. */
async function resizeTerminal(exec: Docker.Exec, { rows, columns }: TerminalSize): Promise<void> {
  try {
    await pRetry(() => exec.resize({ h: rows, w: columns }), {
      ...RESIZE_RETRIES,
      shouldRetry: async () => (await exec.inspect()).Running,
    })
  } catch {
    // A terminal of the wrong size serves better than none.
  }
}

/** Ends what the sessions of an emulator that has died have left in a container. */
export async function killSessions(docker: Docker, containerId: string): Promise<void> {
  await killMarked(docker.getContainer(containerId), `${SESSION_VARIABLE}=.*`)
}

/** A container that stands still has nothing to end, and one without a shell cannot be asked. */
async function killMarked(container: Docker.Container, mark: string): Promise<void> {
  const killing = searchAndKill(container, mark).catch(() => undefined)
  await Promise.race([killing, delay(KILL_TIMEOUT_MS, undefined, { ref: false })])
}

/**
 * The engine has no way to end a command that it runs in a container, and one whose client has gone runs on: its processes are looked
 * for from inside, with the container's own shell.
 */
async function searchAndKill(container: Docker.Container, mark: string): Promise<void> {
  const isMarked = `tr '\\0' '\\n' 2>/dev/null <$process/environ | grep -qx '${mark}'`
  const search = `for process in /proc/[0-9]*; do ${isMarked} && kill -9 \${process#/proc/}; done 2>/dev/null`
  const killer = await container.exec({ Cmd: ['sh', '-c', search], User: '0', AttachStdout: true, AttachStderr: true })
  const output: Duplex = await killer.start({ hijack: true })
  await finished(output.resume())
}
