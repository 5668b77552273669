import { type AgentMessage, decodeMessage, encodeMessage, PAYLOAD } from './agent-message.ts'

/** How often a message is sent again that is not acknowledged, and after what time (agent/session/config/config.go of Amazon's agent). */
const RESEND_CHECK_MS = 100
const RESEND_AFTER_MS = 200
/** So many messages may be on their way or ahead of their turn; more output waits in the container. */
export const LARGEST_WINDOW = 256

export interface DataChannelParts {
  readonly send: (bytes: Buffer) => void
  /** One message of the client's input stream, each once and in order. */
  readonly onInput: (message: AgentMessage) => void
}

/**
 * The agent's end of a session: numbers what it sends and sends it again until it is acknowledged, acknowledges what it gets and puts
 * it in order. As agent/session/datachannel/datachannel.go of Amazon's agent does it.
 */
export class DataChannel {
  readonly #parts: DataChannelParts
  readonly #unacknowledged = new Map<number, { readonly bytes: Buffer; sentAt: number }>()
  readonly #early = new Map<number, AgentMessage>()
  readonly #resending: NodeJS.Timeout
  #sent = 0
  #expected = 0
  #closed = false
  #changed = Promise.withResolvers<void>()

  constructor(parts: DataChannelParts) {
    this.#parts = parts
    this.#resending = setInterval(() => this.#resend(), RESEND_CHECK_MS)
  }

  /** @throws TypeError when the bytes are no message. */
  receive(bytes: Buffer): void {
    const message = decodeMessage(bytes)
    if (message.messageType === 'acknowledge') this.#acknowledged(message)
    else if (message.messageType === 'input_stream_data') this.#accept(message)
  }

  /** One message of the output stream. */
  write(payloadType: number, payload: Buffer): void {
    if (this.#closed) return
    const bytes = encodeMessage({
      messageType: 'output_stream_data',
      sequenceNumber: this.#sent,
      // The first of a stream says so (agentmessage.go).
      flags: this.#sent === 0 ? 1 : 0,
      payloadType,
      payload,
    })
    this.#unacknowledged.set(this.#sent, { bytes, sentAt: performance.now() })
    this.#sent += 1
    this.#parts.send(bytes)
  }

  /** A message outside of the streams, which nobody acknowledges. */
  notify(messageType: 'start_publication' | 'channel_closed' | 'acknowledge', content?: object): void {
    if (this.#closed) return
    const payload = Buffer.from(content === undefined ? '' : JSON.stringify(content))
    this.#parts.send(encodeMessage({ messageType, sequenceNumber: 0, payloadType: PAYLOAD.none, payload }))
  }

  /** Resolves once the client keeps up with what is sent, or the channel is closed. */
  async ready(): Promise<void> {
    await this.#untilUnacknowledged(LARGEST_WINDOW)
  }

  /** Resolves once the client has everything, or the channel is closed. */
  async delivered(): Promise<void> {
    await this.#untilUnacknowledged(1)
  }

  /** Nothing is sent any more. */
  close(): void {
    this.#closed = true
    clearInterval(this.#resending)
    this.#changed.resolve()
  }

  async #untilUnacknowledged(fewerThan: number): Promise<void> {
    while (!this.#closed && this.#unacknowledged.size >= fewerThan) await this.#changed.promise
  }

  #resend(): void {
    const [oldest] = this.#unacknowledged.values()
    if (oldest === undefined || performance.now() - oldest.sentAt < RESEND_AFTER_MS) return
    oldest.sentAt = performance.now()
    this.#parts.send(oldest.bytes)
  }

  #acknowledged({ payload }: AgentMessage): void {
    const { AcknowledgedMessageSequenceNumber: sequenceNumber } = parseJson(payload)
    if (typeof sequenceNumber !== 'number' || !this.#unacknowledged.delete(sequenceNumber)) return
    this.#changed.resolve()
    this.#changed = Promise.withResolvers<void>()
  }

  #accept(message: AgentMessage): void {
    const isEarly = message.sequenceNumber > this.#expected
    if (message.sequenceNumber < this.#expected || (isEarly && this.#early.size >= LARGEST_WINDOW)) return
    this.notify('acknowledge', {
      AcknowledgedMessageType: message.messageType,
      AcknowledgedMessageId: message.messageId,
      AcknowledgedMessageSequenceNumber: message.sequenceNumber,
      IsSequentialMessage: true,
    })
    this.#early.set(message.sequenceNumber, message)
    for (let next = this.#early.get(this.#expected); next !== undefined; next = this.#early.get(this.#expected)) {
      this.#early.delete(this.#expected)
      this.#expected += 1
      this.#parts.onInput(next)
    }
  }
}

/** @throws TypeError when the payload is not a JSON object. */
export function parseJson(payload: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(payload.toString())
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Told below.
  }
  throw new TypeError('The payload of the message is not a JSON object.')
}
