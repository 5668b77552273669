import { randomBytes } from 'node:crypto'
import { hexId } from '../identifiers.ts'
import type { StartCommand } from './terminal-process.ts'

/** Invented: how long the client may take to connect. */
export const TOKEN_VALID_MS = 5 * 60_000
const CHANNEL_PATH = '/v1/data-channel/'

/** What ExecuteCommand answers. */
export interface SessionTicket {
  readonly sessionId: string
  readonly streamUrl: string
  readonly tokenValue: string
}

export interface SessionTicketsParts {
  /** The emulator's own address, `http://…`. */
  readonly url: () => string
  /** Real time, milliseconds: clients do not hurry because the emulated clock does. */
  readonly now: () => number
}

/** Sessions that are promised, until their client comes. */
export class SessionTickets {
  readonly #parts: SessionTicketsParts
  readonly #open = new Map<
    string,
    { readonly token: string; readonly expiresAt: number; readonly start: StartCommand }
  >()

  constructor(parts: SessionTicketsParts) {
    this.#parts = parts
  }

  issue(start: StartCommand): SessionTicket {
    const { now, url } = this.#parts
    for (const [id, { expiresAt }] of this.#open) if (expiresAt <= now()) this.#open.delete(id)
    const sessionId = hexId('ecs-execute-command')
    const tokenValue = randomBytes(48).toString('base64')
    this.#open.set(sessionId, { token: tokenValue, expiresAt: now() + TOKEN_VALID_MS, start })
    const streamUrl = `${url().replace('http', 'ws')}${CHANNEL_PATH}${sessionId}?role=publish_subscribe`
    return { sessionId, streamUrl, tokenValue }
  }

  /** The command that the token stands for, once; undefined when it is another session's, used, expired or none. */
  redeem(sessionId: string, token: unknown): StartCommand | undefined {
    const found = this.#open.get(sessionId)
    if (found === undefined || found.token !== token || found.expiresAt <= this.#parts.now()) return undefined
    this.#open.delete(sessionId)
    return found.start
  }

  clear(): void {
    this.#open.clear()
  }
}

/** The session that a client asks for; undefined for any other path. */
export function sessionOfPath(path: string): string | undefined {
  const [pathname = ''] = path.split('?')
  return pathname.startsWith(CHANNEL_PATH) ? pathname.slice(CHANNEL_PATH.length) : undefined
}
