import type { DeliveryAttempt, Event } from '@landlord/api-contract'
import { Webhook } from 'standardwebhooks'
import { type Dispatcher, request } from 'undici'
import { SERVER_VERSION } from '../server-version.ts'

/** Of the answer; the rest is not read. */
const EXCERPT_BYTES = 1024
const LONGEST_ERROR = 500

export interface Message {
  /** Stays the same however often it is sent: receivers know by it what they have had. */
  readonly id: string
  readonly url: string
  /** Each signs; the newest first. */
  readonly secrets: readonly string[]
  readonly event: Event
}

export interface SendDeps {
  readonly dispatcher: Dispatcher
  readonly timeoutMs: number
  readonly now: () => Date
  /** Gives up without a result. */
  readonly signal: AbortSignal
}

export interface SendResult {
  readonly attempt: DeliveryAttempt
  readonly retryAfterMs?: number
}

/** Sends once. Whatever goes wrong is part of the result; rejects only when `signal` is aborted. */
export async function sendDelivery(message: Message, deps: SendDeps): Promise<SendResult> {
  const at = deps.now()
  const startedAt = performance.now()
  const timeout = AbortSignal.timeout(deps.timeoutMs)
  const outcome = await post(message, at, deps.dispatcher, AbortSignal.any([timeout, deps.signal])).catch(
    (error: unknown): Outcome => {
      deps.signal.throwIfAborted()
      return { error: timeout.aborted ? `no answer within ${deps.timeoutMs / 1000} s` : describe(error) }
    },
  )
  const { retryAfterMs, ...facts } = outcome
  const duration = Math.round(performance.now() - startedAt)
  return {
    attempt: { at: at.toISOString(), duration_ms: duration, ...facts },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

interface Outcome {
  readonly status_code?: number
  readonly response?: string
  readonly error?: string
  readonly retryAfterMs?: number
}

async function post(message: Message, at: Date, dispatcher: Dispatcher, signal: AbortSignal): Promise<Outcome> {
  const body = toBody(message.event)
  const answer = await request(message.url, {
    dispatcher,
    signal,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': `landlord-webhooks/${SERVER_VERSION}`,
      ...signatureHeaders(message, at, body),
    },
    body,
  })
  const response = await readExcerpt(answer.body)
  const { statusCode } = answer
  const retryAfter = Number(answer.headers['retry-after'])
  return {
    status_code: statusCode,
    ...(response === '' ? {} : { response }),
    ...(statusCode >= 200 && statusCode < 300 ? {} : { error: complaintAbout(statusCode) }),
    ...(retryAfter > 0 ? { retryAfterMs: retryAfter * 1000 } : {}),
  }
}

/** What Standard Webhooks asks for (`type`, `timestamp`, `data`) is part of the event as the API gives it. */
function toBody(event: Event): string {
  const { type, created_at: timestamp, ...rest } = event
  return JSON.stringify({ type, timestamp, ...rest, created_at: timestamp })
}

function signatureHeaders({ id, secrets }: Message, at: Date, body: string): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
  }
}

function complaintAbout(status: number): string {
  return status >= 300 && status < 400 ? `answered ${status}; redirects are not followed` : `answered ${status}`
}

async function readExcerpt(body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    // Leaving the loop gives the rest up.
    if (size >= EXCERPT_BYTES) break
  }
  // What is cut through the middle of a character, or is no text at all, must still be text in every database.
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, EXCERPT_BYTES)).replaceAll('\u0000', '\uFFFD')
}

function describe(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error
  const text = inner instanceof Error ? inner.message : String(inner)
  return text.slice(0, LONGEST_ERROR)
}
