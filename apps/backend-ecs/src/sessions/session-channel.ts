import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import type { Session } from '@aws-sdk/client-ecs'
import { WebSocket } from 'ws'
import { type AgentMessage, decodeMessage, encodeMessage, PAYLOAD } from './agent-message.ts'
import { SessionError } from './session-error.ts'

/** As Session Manager's own plugin does it: src/config/config.go. */
const RESEND_CHECK_MS = 100
const RESEND_AFTER_MS = 300
const LARGEST_INPUT_BYTES = 1024
/** So much input may be on its way. */
const WINDOW = 64
const HANDSHAKE_TIMEOUT_MS = 20_000
const KEEP_ALIVE_MS = 60_000
const CLIENT_VERSION = '1.2.0.0'

/**
 * The client's end of a session: numbers what it sends and sends it again until it is acknowledged, acknowledges what it
 * gets, once it is in order. `output` is all that the terminal shows; while nobody reads it, nothing is acknowledged.
 */
export class SessionChannel {
  readonly output: Readable
  readonly #socket: WebSocket
  readonly #unacknowledged = new Map<number, { readonly bytes: Buffer; sentAt: number }>()
  readonly #early = new Map<number, AgentMessage>()
  readonly #ready = Promise.withResolvers<void>()
  readonly #timers: NodeJS.Timeout[]
  #sent = 0
  #expected = 0
  #acknowledged = Promise.withResolvers<void>()
  #isClosed = false

  /** Resolves when the command has been started. Rejects with `SessionError`. */
  static async open({ streamUrl = '', tokenValue = '' }: Session, signal: AbortSignal): Promise<SessionChannel> {
    const socket = new WebSocket(streamUrl, { handshakeTimeout: HANDSHAKE_TIMEOUT_MS })
    const channel = new SessionChannel(socket)
    const limit = AbortSignal.any([signal, AbortSignal.timeout(HANDSHAKE_TIMEOUT_MS)])
    const onAbort = (): void => channel.close(new SessionError('the session did not begin in time'))
    limit.addEventListener('abort', onAbort)
    try {
      await Promise.race([once(socket, 'open'), channel.#ready.promise])
      socket.send(
        JSON.stringify({
          MessageSchemaVersion: '1.0',
          RequestId: randomUUID(),
          TokenValue: tokenValue,
          ClientId: randomUUID(),
          ClientVersion: CLIENT_VERSION,
        }),
      )
      await channel.#ready.promise
      return channel
    } catch (cause) {
      channel.close()
      throw cause instanceof SessionError
        ? cause
        : new SessionError(`no session: ${(cause as Error).message}`, { cause })
    } finally {
      limit.removeEventListener('abort', onAbort)
    }
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    this.output = new Readable({
      read: () => void socket.resume(),
      destroy: (error, done) => {
        this.close()
        done(error)
      },
    })
    // Who opens the session hears of it there; unheard, the event would end the process.
    this.output.on('error', () => undefined)
    // Nobody may be waiting for it any more.
    this.#ready.promise.catch(() => undefined)
    socket.on('message', (data) => this.#receive(data as Buffer))
    socket.on('error', (cause) => this.close(new SessionError(`the session broke: ${cause.message}`, { cause })))
    socket.on('close', () => this.close())
    this.#timers = [setInterval(() => this.#resend(), RESEND_CHECK_MS), setInterval(() => socket.ping(), KEEP_ALIVE_MS)]
    for (const timer of this.#timers) timer.unref()
  }

  /** Types it. Resolves when there is room for more. */
  async write(input: Buffer): Promise<void> {
    for (let at = 0; at < input.length; at += LARGEST_INPUT_BYTES) {
      while (!this.#isClosed && this.#unacknowledged.size >= WINDOW) await this.#acknowledged.promise
      this.#send(PAYLOAD.output, input.subarray(at, at + LARGEST_INPUT_BYTES))
    }
  }

  resize({ rows, columns }: { readonly rows: number; readonly columns: number }): void {
    this.#send(PAYLOAD.size, Buffer.from(JSON.stringify({ cols: columns, rows })))
  }

  /** Ends the session, and with it the command. Twice is once. */
  close(error?: SessionError): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const timer of this.#timers) clearInterval(timer)
    this.#ready.reject(error ?? new SessionError('the session ended before its command began'))
    this.#acknowledged.resolve()
    this.#socket.close()
    if (error === undefined) this.output.push(null)
    else this.output.destroy(error)
  }

  #send(payloadType: number, payload: Buffer): void {
    if (this.#isClosed) return
    const bytes = encodeMessage({ type: 'input_stream_data', sequence: this.#sent, payloadType, payload })
    this.#unacknowledged.set(this.#sent, { bytes, sentAt: performance.now() })
    this.#sent += 1
    this.#socket.send(bytes)
  }

  #resend(): void {
    const [oldest] = this.#unacknowledged.values()
    if (oldest === undefined || performance.now() - oldest.sentAt < RESEND_AFTER_MS) return
    oldest.sentAt = performance.now()
    this.#socket.send(oldest.bytes)
  }

  #receive(data: Buffer): void {
    if (this.#isClosed) return
    try {
      const message = decodeMessage(data)
      if (message.type === 'acknowledge') this.#onAcknowledge(message)
      else if (message.type === 'channel_closed') this.#onClosed(message)
      else if (message.type === 'output_stream_data') this.#accept(message)
    } catch (cause) {
      this.close(new SessionError('the session sent what is no message', { cause }))
    }
  }

  #onAcknowledge({ payload }: AgentMessage): void {
    const { AcknowledgedMessageSequenceNumber: sequence } = JSON.parse(payload.toString()) as Record<string, number>
    if (sequence === undefined || !this.#unacknowledged.delete(sequence)) return
    this.#acknowledged.resolve()
    this.#acknowledged = Promise.withResolvers<void>()
  }

  /** What the channel says at its end is why there was no command; after one it says nothing. */
  #onClosed({ payload }: AgentMessage): void {
    const { Output: output = '' } = JSON.parse(payload.toString()) as { Output?: string }
    const reason = output.replace(/^-+ERROR-+\s*/, '').trim()
    this.close(reason === '' ? undefined : new SessionError(reason))
  }

  #accept(message: AgentMessage): void {
    if (message.sequence > this.#expected && this.#early.size >= WINDOW) return
    this.#acknowledge(message)
    if (message.sequence < this.#expected) return
    this.#early.set(message.sequence, message)
    for (let next = this.#early.get(this.#expected); next !== undefined; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected)
      this.#expected += 1
      this.#handle(next)
    }
  }

  #acknowledge({ type, id, sequence }: AgentMessage): void {
    const payload = Buffer.from(
      JSON.stringify({
        AcknowledgedMessageType: type,
        AcknowledgedMessageId: id,
        AcknowledgedMessageSequenceNumber: sequence,
        IsSequentialMessage: true,
      }),
    )
    this.#socket.send(encodeMessage({ type: 'acknowledge', sequence: 0, payloadType: 0, payload }))
  }

  #handle({ payloadType, payload }: AgentMessage): void {
    if (payloadType === PAYLOAD.handshakeRequest) this.#answerHandshake(payload)
    else if (payloadType === PAYLOAD.handshakeComplete) this.#ready.resolve()
    else if (payloadType === PAYLOAD.output || payloadType === PAYLOAD.stderr) {
      // An agent that needs no handshake begins at once.
      this.#ready.resolve()
      // What is not read yet holds up the socket, and with it the agent.
      if (!this.output.push(payload)) this.#socket.pause()
    }
  }

  /** A session encrypted with a key of KMS is refused: the key would have to be asked for here. */
  #answerHandshake(payload: Buffer): void {
    const { RequestedClientActions: actions = [] } = JSON.parse(payload.toString()) as {
      RequestedClientActions?: readonly { ActionType: string }[]
    }
    const processed = actions.map(({ ActionType }) => {
      const isKnown = ActionType === 'SessionType'
      const error = isKnown ? '' : `${ActionType} is not supported`
      return { ActionType, ActionStatus: isKnown ? 1 : 2, ActionResult: null, Error: error }
    })
    const errors = processed.flatMap(({ Error: error }) => (error === '' ? [] : [error]))
    const response = { ClientVersion: CLIENT_VERSION, ProcessedClientActions: processed, Errors: errors }
    this.#send(PAYLOAD.handshakeResponse, Buffer.from(JSON.stringify(response)))
    if (errors.length > 0) {
      const advice = 'turn KMS encryption off in the executeCommandConfiguration of the cluster'
      this.close(new SessionError(`${errors.join('; ')}: ${advice}`))
    }
  }
}
