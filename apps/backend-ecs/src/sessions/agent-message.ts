import { createHash, randomUUID } from 'node:crypto'

/**
 * A message of Session Manager's data channel. Its layout: aws/session-manager-plugin, src/message/clientmessage.go; numbers are
 * big-endian, and the two halves of an id are swapped.
 */
export interface AgentMessage {
  readonly type: string
  readonly sequence: number
  readonly id: string
  readonly payloadType: number
  readonly payload: Buffer
}

export const PAYLOAD = {
  output: 1,
  size: 3,
  handshakeRequest: 5,
  handshakeResponse: 6,
  handshakeComplete: 7,
  stderr: 11,
} as const

const HEADER_BYTES = 116
const PAYLOAD_AT = HEADER_BYTES + 4
const AT = { type: 4, schema: 36, created: 40, sequence: 48, flags: 56, id: 64, digest: 80, payloadType: 112 } as const
const SCHEMA_VERSION = 1
/** The first message of a stream says so. */
const FLAG_SYN = 1n

export function encodeMessage({ type, sequence, payloadType, payload }: Omit<AgentMessage, 'id'>): Buffer {
  const bytes = Buffer.alloc(PAYLOAD_AT + payload.length)
  bytes.writeUInt32BE(HEADER_BYTES, 0)
  bytes.write(type.padEnd(AT.schema - AT.type), AT.type, 'latin1')
  bytes.writeUInt32BE(SCHEMA_VERSION, AT.schema)
  bytes.writeBigUInt64BE(BigInt(Date.now()), AT.created)
  bytes.writeBigInt64BE(BigInt(sequence), AT.sequence)
  bytes.writeBigUInt64BE(sequence === 0 ? FLAG_SYN : 0n, AT.flags)
  swapHalves(Buffer.from(randomUUID().replaceAll('-', ''), 'hex')).copy(bytes, AT.id)
  createHash('sha256').update(payload).digest().copy(bytes, AT.digest)
  bytes.writeUInt32BE(payloadType, AT.payloadType)
  bytes.writeUInt32BE(payload.length, HEADER_BYTES)
  payload.copy(bytes, PAYLOAD_AT)
  return bytes
}

/** Throws `TypeError` when the bytes are no message. */
export function decodeMessage(bytes: Buffer): AgentMessage {
  // Further fields may come with a longer header: the payload is where the header says.
  const header = bytes.length < PAYLOAD_AT ? 0 : bytes.readUInt32BE(0)
  if (header < HEADER_BYTES || bytes.length < header + 4) throw new TypeError('no message of Session Manager')
  return {
    type: bytes.toString('latin1', AT.type, AT.schema).replaceAll('\0', '').trim(),
    sequence: Number(bytes.readBigInt64BE(AT.sequence)),
    id: toUuid(swapHalves(bytes.subarray(AT.id, AT.digest))),
    payloadType: bytes.readUInt32BE(AT.payloadType),
    payload: bytes.subarray(header + 4, header + 4 + bytes.readUInt32BE(header)),
  }
}

const swapHalves = (id: Buffer): Buffer => Buffer.concat([id.subarray(8), id.subarray(0, 8)])

const toUuid = (id: Buffer): string => id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
