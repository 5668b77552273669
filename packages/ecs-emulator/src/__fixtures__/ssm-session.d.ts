// The package has no types: what the tests use of it.
declare module 'ssm-session' {
  interface DecodedMessage {
    readonly messageType: string
    readonly sequenceNumber: number
    readonly messageId: string
    readonly payloadType: number
    readonly payload: Uint8Array
  }

  interface Connection {
    send(data: string | Uint8Array): void
  }

  export const ssm: {
    decode(buffer: ArrayBuffer | Uint8Array): DecodedMessage
    init(connection: Connection, data: { token: string; termOptions: { rows: number; cols: number } }): void
    sendACK(connection: Connection, message: DecodedMessage): void
    buildInputMessage(text: string | Uint8Array, sequenceNumber: number): Uint8Array
  }
}
