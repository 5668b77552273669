import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { HttpRequest } from '@smithy/core/protocols'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { describe, expect, it } from 'vitest'
import { createSocketPool, DEFAULT_LIMITS } from './client-limits.ts'

describe('createSocketPool', () => {
  it('gives up a connection that is accepted and never secured', async () => {
    const server = createServer(() => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const pool = createSocketPool({ ...DEFAULT_LIMITS.read, requestTimeoutMs: 50 })
    const { port } = server.address() as AddressInfo
    const request = new HttpRequest({ protocol: 'https:', hostname: '127.0.0.1', port, method: 'GET', path: '/' })
    await expect(pool.createHandler().handle(request)).rejects.toMatchObject({ name: 'TimeoutError' })
    pool.close()
    server.close()
  })

  it('gives up a connection that never stands', async () => {
    // A name that never resolves holds a connection in its first phase, as a host that drops packets does.
    const pool = createSocketPool({ ...DEFAULT_LIMITS.read, connectTimeoutMs: 50 }, { lookup: () => {} })
    const request = new HttpRequest({ protocol: 'http:', hostname: 'never.invalid', method: 'GET', path: '/' })
    await expect(pool.createHandler().handle(request)).rejects.toThrow(/did not establish a connection/)
    pool.close()
  })

  it('bounds the connections and keeps them alive', async () => {
    let open = 0
    let most = 0
    const server = createServer((socket) => {
      open += 1
      most = Math.max(most, open)
      socket.on('close', () => {
        open -= 1
      })
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'))
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const pool = createSocketPool({ ...DEFAULT_LIMITS.read, maxSockets: 2 })
    const handlers: NodeHttpHandler[] = [pool.createHandler(), pool.createHandler(), pool.createHandler()]
    const request = () => new HttpRequest({ protocol: 'http:', hostname: '127.0.0.1', port, method: 'GET', path: '/' })
    const answers = await Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const { response } = await (handlers[index % 3] as NodeHttpHandler).handle(request())
        response.body.resume()
        return response.statusCode
      }),
    )
    expect(answers).toEqual(Array.from({ length: 12 }, () => 200))
    expect(most).toBe(2)
    pool.close()
    server.close()
  })
})
