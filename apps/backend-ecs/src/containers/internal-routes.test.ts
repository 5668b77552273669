import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'

async function call(socketPath: string, method: string, path: string, body?: object) {
  const sent = request({
    socketPath,
    method,
    path: `/internal/v1${path}`,
    headers: body === undefined ? {} : { 'content-type': 'application/json' },
  })
  sent.end(body === undefined ? undefined : JSON.stringify(body))
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  const content = await text(response)
  return { status: response.statusCode, body: content === '' ? undefined : JSON.parse(content) }
}

test('the internal surface does the same under its own names', async () => {
  const { socketPath, image, emulator } = await startSimulatedBackend()
  const created = await call(socketPath, 'POST', '/containers', { name: 'web', Image: image })
  expect(created).toMatchObject({ status: 201, body: { Id: expect.stringMatching(/^[0-9a-f]{64}$/) } })
  const { Id: id } = created.body as { Id: string }
  expect(await call(socketPath, 'POST', '/containers/web/start')).toMatchObject({ status: 204 })
  expect(await call(socketPath, 'GET', '/containers')).toMatchObject({ status: 200, body: [{ Id: id }] })
  expect(await call(socketPath, 'GET', '/containers/web')).toMatchObject({ body: { State: { Running: true } } })

  const socket = new WebSocket(`ws+unix://${socketPath}:/internal/v1/containers/web/wait?condition=next-exit`)
  await once(socket, 'open')
  const message = once(socket, 'message')
  const plain = call(socketPath, 'POST', '/containers/web/wait')
  expect(await call(socketPath, 'POST', '/containers/web/stop')).toMatchObject({ status: 204 })
  const [data] = (await message) as [Buffer]
  expect(JSON.parse(data.toString())).toEqual({ StatusCode: 0 })
  expect(await plain).toMatchObject({ body: { StatusCode: 0 } })

  expect(await call(socketPath, 'POST', '/containers/web/kill')).toMatchObject({ status: 409 })
  expect(await call(socketPath, 'DELETE', '/containers/web')).toMatchObject({ status: 204 })
  expect(await call(socketPath, 'GET', '/containers/web')).toEqual({
    status: 404,
    body: { message: 'No such container: web' },
  })
  expect(emulator.control.counters().calls.RunTask).toBe(1)
})
