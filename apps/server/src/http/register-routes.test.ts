import { once } from 'node:events'
import { connect } from 'node:net'
import type { RouteDefinition } from '@landlord/api-contract'
import { noTracer } from '@landlord/tracing'
import Fastify from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { ANONYMOUS } from '../tenants/actor.ts'
import { HttpProblem } from './http-problem.ts'
import { registerRoutes } from './register-routes.ts'

const slow: RouteDefinition = {
  method: 'GET',
  path: '/slow',
  summary: 'Something that lasts',
  tag: 'system',
  access: 'read',
  responses: {},
}
const app = Fastify()
let port: number
/** What a request waits for before its handler. */
let authenticate: (closed: Promise<unknown>) => Promise<unknown>
let authenticateAgain: () => Promise<unknown>
let hasCome = false
let signal: AbortSignal | undefined

beforeAll(async () => {
  app.addHook('onRequest', async (request, reply) => {
    const closed = once(reply.raw, 'close')
    hasCome = true
    Object.assign(request, { principal: ANONYMOUS, span: noTracer.startSpan({ name: 'slow', kind: 'server' }) })
    request.authenticateAgain = () => authenticateAgain()
    await authenticate(closed)
  })
  registerRoutes(
    app,
    { slow },
    {
      async slow({ context }) {
        signal = context.signal
        if (!signal.aborted) await once(signal, 'abort')
        return { status: 200, body: {} }
      },
    },
  )
  port = Number(new URL(await app.listen({ port: 0, host: '127.0.0.1' })).port)
})
afterAll(() => app.close())
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  hasCome = false
  signal = undefined
  authenticate = async () => {}
  authenticateAgain = async () => {}
})
afterEach(() => {
  vi.useRealTimers()
})

function ask() {
  const socket = connect(port, '127.0.0.1')
  socket.write('GET /slow HTTP/1.1\r\nhost: landlord\r\n\r\n')
  return socket
}

it('ends with its client, also when that went away before the request was let in', async () => {
  authenticate = (closed) => closed
  const early = ask()
  await vi.waitFor(() => expect(hasCome).toBe(true))
  early.destroy()
  await vi.waitFor(() => expect(signal?.aborted).toBe(true))
  expect(vi.getTimerCount()).toBe(0)

  authenticate = async () => {}
  signal = undefined
  const late = ask()
  await vi.waitFor(() => expect(signal?.aborted).toBe(false))
  expect(vi.getTimerCount()).toBe(1)
  late.destroy()
  await vi.waitFor(() => expect(signal?.aborted).toBe(true))
  expect(vi.getTimerCount()).toBe(0)
})

it('ends with its token, which is asked for no more then', async () => {
  const socket = ask()
  await vi.waitFor(() => expect(signal?.aborted).toBe(false))
  await vi.advanceTimersByTimeAsync(10_000)
  expect(signal?.aborted).toBe(false)
  const revoked = new HttpProblem({ code: 'unauthorized', detail: 'it was revoked' })
  authenticateAgain = async () => {
    throw revoked
  }
  await vi.advanceTimersByTimeAsync(10_000)
  expect(signal?.reason).toBe(revoked)
  expect(vi.getTimerCount()).toBe(0)
  socket.destroy()
})
