import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { detectDocker } from './detect-docker.ts'

const nowhere = { host: undefined, env: {}, homeDirectory: '/nonexistent' }

async function startEngine(path: string | undefined, answer: (path: string | undefined) => string | undefined) {
  const server = createServer((request, response) => {
    const version = answer(request.url)
    if (version !== undefined) response.writeHead(200, { server: `Docker/${version} (linux)` }).end('OK')
  })
  await new Promise<void>((resolve) =>
    path === undefined ? server.listen(0, '127.0.0.1', resolve) : server.listen(path, resolve),
  )
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  return server.address()
}

it('asks the socket of the settings, and tells the version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'll-docker-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const socket = join(folder, 'docker.sock')
  await startEngine(socket, (path) => (path === '/_ping' ? '28.2.2' : undefined))
  const where = `unix://${socket}`
  expect(await detectDocker({ ...nowhere, host: where })).toEqual({ kind: 'answers', where, version: '28.2.2' })
})

it('asks a DOCKER_HOST over TCP', async () => {
  const { port } = (await startEngine(undefined, () => '20.10.24')) as AddressInfo
  const env = { DOCKER_HOST: `tcp://127.0.0.1:${port}` }
  expect(await detectDocker({ ...nowhere, env })).toMatchObject({ kind: 'answers', version: '20.10.24' })
})

it('gives up on an engine that hangs, after a second', async () => {
  const { port } = (await startEngine(undefined, () => undefined)) as AddressInfo
  const started = performance.now()
  const found = await detectDocker({ ...nowhere, host: `tcp://127.0.0.1:${port}` })
  expect(found).toMatchObject({ kind: 'absent', why: 'no answer within 1 s' })
  expect(performance.now() - started).toBeLessThan(5000)
})

it('takes what it cannot ask at its word, and says why there is none', async () => {
  expect(await detectDocker({ ...nowhere, host: 'ssh://me@host' })).toEqual({
    kind: 'not_asked',
    where: 'ssh://me@host',
  })
  const gone = await detectDocker({ ...nowhere, host: 'unix:///nonexistent/docker.sock' })
  expect(gone).toMatchObject({ kind: 'absent', why: 'there is no such socket' })
})
