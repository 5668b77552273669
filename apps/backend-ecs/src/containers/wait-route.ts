import type { FastifyReply } from 'fastify'
import { badRequest } from '../errors/docker-error.ts'
import type { ContainerRecord } from '../store/records.ts'
import type { ContainerOperations } from './container-operations.ts'

const CONDITIONS = ['not-running', 'next-exit', 'removed'] as const
type Condition = (typeof CONDITIONS)[number]

export interface WaitResult {
  readonly StatusCode: number
  readonly Error?: { readonly Message: string }
}

/** Settles once, for every client that waits, also when the backend was restarted meanwhile. */
export async function waitForContainer(
  containers: Pick<ContainerOperations, 'find' | 'until'>,
  name: string,
  condition: string,
  signal: AbortSignal,
): Promise<WaitResult> {
  const before = containers.find(name)
  let last = before
  const ended = await containers.until(
    before.id,
    (record) => {
      last = record ?? last
      return record === undefined || TESTS[checkCondition(condition)](record, before)
    },
    signal,
  )
  const { exitCode, error } = (ended ?? last).state
  return { StatusCode: exitCode, ...(error === '' ? {} : { Error: { Message: error } }) }
}

export function checkCondition(condition: string): Condition {
  const known = CONDITIONS.find((candidate) => candidate === (condition || 'not-running'))
  if (known === undefined)
    throw badRequest(`invalid condition: ${JSON.stringify(condition)}; there are ${CONDITIONS.join(', ')}`)
  return known
}

const hasEnded = ({ live }: ContainerRecord): boolean => live !== true

const TESTS: Readonly<Record<Condition, (record: ContainerRecord, before: ContainerRecord) => boolean>> = {
  'not-running': hasEnded,
  // Of a run that had not ended when the client began to wait.
  'next-exit': (record, before) =>
    record.state.finishedAt !== undefined &&
    record.state.finishedAt !== before.state.finishedAt &&
    record.state.status !== 'running',
  removed: () => false,
}

/**
 * The header goes out at once: `docker run` starts the container only after it. The result is the body, whenever it comes.
 */
export async function sendLater(reply: FastifyReply, result: Promise<WaitResult>): Promise<void> {
  reply.hijack()
  reply.raw.writeHead(200, { 'Content-Type': 'application/json' })
  reply.raw.flushHeaders()
  try {
    reply.raw.end(JSON.stringify(await result))
  } catch (error) {
    reply.raw.end(
      JSON.stringify({ StatusCode: -1, Error: { Message: error instanceof Error ? error.message : String(error) } }),
    )
  }
}
