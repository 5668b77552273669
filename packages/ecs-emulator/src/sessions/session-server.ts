import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { type WebSocket, WebSocketServer } from 'ws'
import { CommandSession } from './command-session.ts'
import { parseJson } from './data-channel.ts'
import { type SessionTickets, sessionOfPath } from './session-tickets.ts'

/** More than a client puts into one message. */
const LARGEST_MESSAGE_BYTES = 1024 * 1024
/** How long a client may take to say who it is, and to hang up when it is told to. */
const PATIENCE_MS = 15_000
const HANG_UP_MS = 1_000
/** RFC 6455, section 7.4.1. */
const NORMAL_CLOSURE = 1000
const POLICY_VIOLATION = 1008

export interface SessionServer {
  /** Takes a connection over from the HTTP server. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  /** Ends all sessions with their commands. */
  readonly close: () => Promise<void>
}

/** The data channels of Session Manager, for those who have a token. */
export function createSessionServer(tickets: SessionTickets): SessionServer {
  const server = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE_BYTES })
  const sessions = new Set<CommandSession>()
  let isClosing = false
  return {
    upgrade: (request, socket, head) => {
      const sessionId = sessionOfPath(request.url ?? '')
      if (sessionId === undefined || isClosing) {
        // Whoever has gone need not be told.
        socket.on('error', () => undefined)
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
        return
      }
      server.handleUpgrade(request, socket, head, (client) => serve(client, sessionId, tickets, sessions))
    },
    close: async () => {
      isClosing = true
      await Promise.all([...sessions].map((session) => session.abort()))
      await Promise.all([...server.clients].map(hangUp))
    },
  }
}

function serve(client: WebSocket, sessionId: string, tickets: SessionTickets, sessions: Set<CommandSession>): void {
  let session: CommandSession | undefined
  const strangerTimeout = setTimeout(() => client.close(POLICY_VIOLATION, 'No token came.'), PATIENCE_MS)
  const begin = (opening: Buffer): void => {
    clearTimeout(strangerTimeout)
    const start = tickets.redeem(sessionId, parseJson(opening).TokenValue)
    if (start === undefined) {
      client.close(POLICY_VIOLATION, 'The token is not valid.')
      return
    }
    const begun = new CommandSession({ sessionId, start, send: (bytes) => client.send(bytes) })
    session = begun
    sessions.add(begun)
    void begun.finished.then(async () => {
      sessions.delete(begun)
      await hangUp(client)
    })
  }
  client.on('message', (data) => {
    const bytes = toBuffer(data)
    try {
      if (session === undefined) begin(bytes)
      else session.receive(bytes)
    } catch (error) {
      client.close(POLICY_VIOLATION, error instanceof TypeError ? error.message : '')
    }
  })
  // A broken connection is closed too.
  client.on('error', () => undefined)
  client.on('close', () => {
    clearTimeout(strangerTimeout)
    void session?.abort()
  })
}

async function hangUp(client: WebSocket): Promise<void> {
  if (client.readyState === client.CLOSED) return
  client.close(NORMAL_CLOSURE)
  // A connection that breaks meanwhile is closed too.
  const closed = once(client, 'close').catch(() => undefined)
  await Promise.race([closed, delay(HANG_UP_MS, undefined, { ref: false })])
  client.terminate()
}

function toBuffer(data: WebSocket.RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return data instanceof ArrayBuffer ? Buffer.from(data) : data
}
