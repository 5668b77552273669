import { connect } from 'node:http2'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ServedEndpoint, serveEndpoint } from './serve-endpoint.ts'

let endpoint: ServedEndpoint
beforeEach(async () => {
  endpoint = await serveEndpoint(
    (request: { httpVersion: string }, response: { end(text: string): unknown }) => {
      response.end(`handled over ${request.httpVersion}`)
    },
    { host: '127.0.0.1', port: 0, health: () => ({ status: 'ok' }) },
  )
})
afterEach(() => endpoint.close())

it('answers the engine over HTTP/2 and probes over HTTP/1.1, on one port', async () => {
  const session = connect(endpoint.url)
  const stream = session.request({ ':path': '/discover' })
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  session.close()
  expect(text).toBe('handled over 2.0')
  await expect((await fetch(`${endpoint.url}/health`)).json()).resolves.toEqual({ status: 'ok' })
  await expect((await fetch(`${endpoint.url}/discover`)).text()).resolves.toBe('handled over 1.1')
})

it('says which address is taken', async () => {
  const port = Number(new URL(endpoint.url).port)
  const again = serveEndpoint(() => {}, { host: '127.0.0.1', port, health: () => ({}) })
  await expect(again).rejects.toThrow(`127.0.0.1:${port}`)
})
