import { setTimeout as delay } from 'node:timers/promises'
import { type AgentMessage, PAYLOAD } from './agent-message.ts'
import { DataChannel, parseJson } from './data-channel.ts'
import type { StartCommand, TerminalProcess, TerminalSize } from './terminal-process.ts'

/** Says how far the agent's part of the protocol goes: a version of Amazon's agent that needs the handshake. */
const AGENT_VERSION = '3.2.0.0'
const HANDSHAKE_TIMEOUT_MS = 15_000
/** As much as Amazon's agent puts into one message (StreamDataPayloadSize in agent/session/config/config.go). */
const LARGEST_OUTPUT_BYTES = 1024
/** How long a client that does not acknowledge keeps a session whose command has ended. */
const LAST_DELIVERY_MS = 5_000

export interface CommandSessionParts {
  readonly sessionId: string
  readonly start: StartCommand
  readonly send: (bytes: Buffer) => void
}

/**
 * A command in a container with a client of Session Manager at its terminal: handshake, input and output, end. Sessions of ECS Exec are
 * of the type InteractiveCommands, not encrypted here, and the exit code of their commands stays unknown (aws/session-manager-plugin,
 * src/datachannel/streaming.go).
 */
export class CommandSession {
  readonly #parts: CommandSessionParts
  readonly #channel: DataChannel
  readonly #aborted = Promise.withResolvers<void>()
  readonly #response = Promise.withResolvers<string | undefined>()
  /** Settles once the command is gone and the client has been told. */
  readonly finished: Promise<void>
  #process: TerminalProcess | undefined
  #size: TerminalSize | undefined
  #isAborted = false

  constructor(parts: CommandSessionParts) {
    this.#parts = parts
    this.#channel = new DataChannel({ send: parts.send, onInput: (message) => this.#handle(message) })
    this.finished = this.#run()
  }

  /** @throws TypeError when the bytes are no message. */
  receive(bytes: Buffer): void {
    this.#channel.receive(bytes)
  }

  /** Ends the session from outside, with its command. */
  async abort(): Promise<void> {
    this.#isAborted = true
    this.#aborted.resolve()
    await this.finished
  }

  async #run(): Promise<void> {
    let failure = ''
    try {
      await this.#shakeHands()
      if (!this.#isAborted) await this.#attach()
    } catch (error) {
      // As users see it when a command cannot be started.
      if (!this.#isAborted) failure = `----------ERROR-------\n${messageOf(error)}`
    }
    if (this.#isAborted || failure !== '') await this.#process?.kill().catch(() => undefined)
    if (!this.#isAborted)
      await this.#unlessAborted(Promise.race([this.#channel.delivered(), delay(LAST_DELIVERY_MS, undefined, UNHELD)]))
    this.#channel.notify('channel_closed', {
      MessageType: 'channel_closed',
      SchemaVersion: 1,
      SessionId: this.#parts.sessionId,
      Output: failure,
    })
    this.#channel.close()
  }

  async #shakeHands(): Promise<void> {
    const startedAt = performance.now()
    this.#channel.notify('start_publication')
    this.#tell(PAYLOAD.handshakeRequest, {
      AgentVersion: AGENT_VERSION,
      RequestedClientActions: [
        { ActionType: 'SessionType', ActionParameters: { SessionType: 'InteractiveCommands', Properties: null } },
      ],
    })
    const refusal = await this.#unlessAborted(Promise.race([this.#response.promise, handshakeTimeout()]))
    if (refusal !== undefined) throw new Error(refusal)
    if (this.#isAborted) return
    this.#process = await this.#start()
    if (this.#size !== undefined) this.#process.resize(this.#size)
    const nanoseconds = Math.round((performance.now() - startedAt) * 1e6)
    this.#tell(PAYLOAD.handshakeComplete, { HandshakeTimeToComplete: nanoseconds, CustomerMessage: '' })
  }

  async #start(): Promise<TerminalProcess> {
    try {
      return await this.#parts.start()
    } catch (cause) {
      throw new Error(`Unable to start command: ${messageOf(cause)}`, { cause })
    }
  }

  async #attach(): Promise<void> {
    const output = this.#process?.output ?? []
    await this.#unlessAborted(
      (async () => {
        for await (const chunk of output as AsyncIterable<Buffer>) {
          for (let at = 0; at < chunk.length; at += LARGEST_OUTPUT_BYTES) {
            this.#channel.write(PAYLOAD.output, chunk.subarray(at, at + LARGEST_OUTPUT_BYTES))
            await this.#channel.ready()
          }
        }
      })(),
    )
  }

  #handle({ payloadType, payload }: AgentMessage): void {
    if (payloadType === PAYLOAD.handshakeResponse) {
      this.#response.resolve(refusalOf(payload))
    } else if (payloadType === PAYLOAD.output) {
      // What comes before the handshake is complete is ignored (datachannel.go of Amazon's agent).
      this.#process?.write(payload)
    } else if (payloadType === PAYLOAD.size) {
      const { rows, cols } = parseJson(payload)
      if (isSize(rows) && isSize(cols)) this.#resize({ rows, columns: cols })
    }
  }

  /** Clients tell their size before the command begins; Amazon's agent lets them repeat it until then. */
  #resize(size: TerminalSize): void {
    this.#size = size
    this.#process?.resize(size)
  }

  #tell(payloadType: number, content: object): void {
    this.#channel.write(payloadType, Buffer.from(JSON.stringify(content)))
  }

  /** Waits for it, but not for longer than the session lasts. */
  async #unlessAborted<Value>(promise: Promise<Value>): Promise<Value | undefined> {
    return (await Promise.race([promise, this.#aborted.promise])) ?? undefined
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const UNHELD = { ref: false }

async function handshakeTimeout(): Promise<string> {
  await delay(HANDSHAKE_TIMEOUT_MS, undefined, UNHELD)
  // Amazon's agent's own words.
  return 'Handshake timed out. Please ensure that you have the latest version of the session manager plugin.'
}

/** Why the client will not do what it was asked; undefined when it will. */
function refusalOf(payload: Buffer): string | undefined {
  const { ProcessedClientActions: actions } = parseJson(payload)
  const failed = (Array.isArray(actions) ? actions : []).find((action) => action?.ActionStatus !== ACTION_SUCCEEDED)
  return failed === undefined ? undefined : `${failed.ActionType} failed on client: ${failed.Error}`
}

const ACTION_SUCCEEDED = 1

const isSize = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536
