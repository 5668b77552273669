import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { startSimulatedBackend } from '../__fixtures__/start-simulated-backend.ts'
import { makeFileSystem } from '../__fixtures__/start-with-file-system.ts'

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

test('images, networks and volumes have their names there, too', async () => {
  const { socketPath, image } = await startSimulatedBackend({ ecs: makeFileSystem })
  const internal = (method: string, path: string, body?: object) => call(socketPath, method, path, body)
  expect(await internal('GET', '/version')).toMatchObject({ status: 200 })
  expect(await internal('GET', '/info')).toMatchObject({ status: 200 })
  expect(await internal('POST', '/images/pull', { image })).toMatchObject({ status: 200, body: { RepoTags: [image] } })
  expect(await internal('POST', `/images/${image}/tag?repo=mine&tag=1`)).toMatchObject({ status: 201 })
  expect(await internal('GET', '/images/mine:1')).toMatchObject({
    body: { RepoTags: expect.arrayContaining(['mine:1']) },
  })

  expect(await internal('POST', '/networks', { Name: 'one' })).toMatchObject({ status: 201 })
  expect(await internal('GET', '/networks')).toMatchObject({ body: [{ Name: 'bridge' }, { Name: 'one' }] })
  expect(await internal('GET', '/networks/one')).toMatchObject({ body: { Name: 'one' } })
  expect(await internal('DELETE', '/networks/one')).toMatchObject({ status: 204 })
  expect(await internal('GET', '/networks/one')).toMatchObject({ status: 404 })

  expect(await internal('POST', '/volumes', { Name: 'data' })).toMatchObject({ status: 201 })
  expect(await internal('GET', '/volumes')).toMatchObject({ body: { Volumes: [{ Name: 'data' }] } })
  expect(await internal('GET', '/volumes/data')).toMatchObject({ body: { Name: 'data' } })
  expect(await internal('DELETE', '/volumes/data')).toMatchObject({ status: 204 })
  expect(await internal('GET', '/volumes/data')).toMatchObject({ status: 404 })
})

test('logs are a stream of messages there', async () => {
  const { socketPath, emulator, create } = await startSimulatedBackend()
  emulator.control.scriptTasks({ behaviour: { kind: 'run', logs: ['one', 'two'] } })
  const container = await create({}, 'web')
  await container.start()
  expect(await container.exec({ Cmd: ['true'] })).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(await call(socketPath, 'POST', '/containers/web/exec', { Cmd: ['true'] })).toMatchObject({ status: 201 })
  const socket = new WebSocket(`ws+unix://${socketPath}:/internal/v1/containers/web/logs/stream`)
  const said: string[] = []
  socket.on('message', (data) => said.push(String(data)))
  const closed = once(socket, 'close')
  await expect.poll(() => said.join('')).toMatch(/^one\r\ntwo\r\n$/)
  await container.stop()
  await closed
})
