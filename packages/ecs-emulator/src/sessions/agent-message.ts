import { createHash, randomUUID } from 'node:crypto'

/**
 * One message of Session Manager's data channel. Source of its layout: aws/amazon-ssm-agent, agent/session/contracts/agentmessage.go, and
 * aws/session-manager-plugin, src/message/clientmessage.go.
 */
export interface AgentMessage {
  readonly messageType: string
  readonly sequenceNumber: number
  readonly flags: number
  readonly messageId: string
  readonly payloadType: number
  readonly payload: Buffer
}

/** What a payload is, where the message is of a stream (same sources). */
export const PAYLOAD = {
  none: 0,
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
} as const

const HEADER_LENGTH_AT = 0
const MESSAGE_TYPE_AT = 4
const SCHEMA_VERSION_AT = 36
const CREATED_AT = 40
const SEQUENCE_NUMBER_AT = 48
const FLAGS_AT = 56
const MESSAGE_ID_AT = 64
const PAYLOAD_DIGEST_AT = 80
const PAYLOAD_TYPE_AT = 112
/** The header ends here: neither the payload's length nor the payload counts. */
const PAYLOAD_LENGTH_AT = 116
const PAYLOAD_AT = 120
const SCHEMA_VERSION = 1

export type NewMessage = Omit<AgentMessage, 'messageId' | 'flags'> & { readonly flags?: number }

export function encodeMessage({ messageType, sequenceNumber, flags = 0, payloadType, payload }: NewMessage): Buffer {
  const bytes = Buffer.alloc(PAYLOAD_AT + payload.length)
  bytes.writeUInt32BE(PAYLOAD_LENGTH_AT, HEADER_LENGTH_AT)
  bytes.write(messageType.padEnd(SCHEMA_VERSION_AT - MESSAGE_TYPE_AT), MESSAGE_TYPE_AT, 'utf8')
  bytes.writeUInt32BE(SCHEMA_VERSION, SCHEMA_VERSION_AT)
  bytes.writeBigUInt64BE(BigInt(Date.now()), CREATED_AT)
  bytes.writeBigInt64BE(BigInt(sequenceNumber), SEQUENCE_NUMBER_AT)
  bytes.writeBigUInt64BE(BigInt(flags), FLAGS_AT)
  swapHalves(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')).copy(bytes, MESSAGE_ID_AT)
  createHash('sha256').update(payload).digest().copy(bytes, PAYLOAD_DIGEST_AT)
  bytes.writeUInt32BE(payloadType, PAYLOAD_TYPE_AT)
  bytes.writeUInt32BE(payload.length, PAYLOAD_LENGTH_AT)
  payload.copy(bytes, PAYLOAD_AT)
  return bytes
}

/**
 * Reads what a client sends. Its digest is not checked: the one that npm's ssm-session sends, which works with AWS, is none. @throws
 * TypeError when the bytes are no message.
 */
export function decodeMessage(bytes: Buffer): AgentMessage {
  const header = bytes.length < PAYLOAD_AT ? 0 : bytes.readUInt32BE(HEADER_LENGTH_AT)
  const length = bytes.length < PAYLOAD_AT ? 0 : bytes.readUInt32BE(PAYLOAD_LENGTH_AT)
  if (header !== PAYLOAD_LENGTH_AT || bytes.length !== PAYLOAD_AT + length) {
    throw new TypeError(`These ${bytes.length} bytes are no message of Session Manager's data channel.`)
  }
  return {
    // Padded with spaces by AWS's clients, with zeros before it by others.
    messageType: bytes.toString('utf8', MESSAGE_TYPE_AT, SCHEMA_VERSION_AT).replaceAll('\0', '').trim(),
    sequenceNumber: Number(bytes.readBigInt64BE(SEQUENCE_NUMBER_AT)),
    flags: Number(bytes.readBigUInt64BE(FLAGS_AT)),
    messageId: toUuid(swapHalves(bytes.subarray(MESSAGE_ID_AT, PAYLOAD_DIGEST_AT))),
    payloadType: bytes.readUInt32BE(PAYLOAD_TYPE_AT),
    payload: bytes.subarray(PAYLOAD_AT),
  }
}

/** An id travels with its less significant half first. */
const swapHalves = (id: Buffer): Buffer => Buffer.concat([id.subarray(8), id.subarray(0, 8)])

const toUuid = (id: Buffer): string => id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
