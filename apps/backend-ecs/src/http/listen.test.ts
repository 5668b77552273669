import { link, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from './build-app.ts'
import { listen } from './listen.ts'
import { readListenAddress } from './listen-address.ts'

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-listen-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'b.sock')
}

function appOf(token?: string) {
  const { app } = buildApp({ logger: pino({ level: 'silent' }), token, stopping: new AbortController().signal })
  app.get('/_ping', async () => 'OK')
  onTestFinished(() => app.close())
  return app
}

test('a socket that a dead process left is replaced, a live one never', async () => {
  const path = await socketPath()
  const dead = createServer().listen(path)
  await new Promise((resolve) => dead.once('listening', resolve))
  // Its file stays, as after kill -9.
  await link(path, `${path}.kept`)
  await new Promise((resolve) => dead.close(resolve))
  await rename(`${path}.kept`, path)
  expect((await stat(path)).isSocket()).toBe(true)

  await listen(appOf(), { kind: 'unix', path })
  expect((await stat(path)).mode & 0o777).toBe(0o660)
  await expect(listen(appOf(), { kind: 'unix', path })).rejects.toThrow(
    /another process listens there; stop it, or choose another addr/,
  )
})

test('a file that is no socket is left alone', async () => {
  const path = await socketPath()
  await writeFile(path, 'precious')
  await expect(listen(appOf(), { kind: 'unix', path })).rejects.toThrow(/a file that is no socket is there/)
})

test('a port that is taken, and a folder that does not exist, are said', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => taken.once('listening', resolve))
  onTestFinished(() => void taken.close())
  const { port } = taken.address() as { port: number }
  await expect(listen(appOf(), { kind: 'tcp', host: '127.0.0.1', port })).rejects.toThrow(
    /it is taken by another process/,
  )
  await expect(listen(appOf(), { kind: 'unix', path: '/nowhere/b.sock' })).rejects.toThrow(/its folder does not exist/)
})

const TLS = { cert_file: 'c', key_file: 'k' }

test.each([
  ['unix:///run/b.sock', {}, { kind: 'unix', path: '/run/b.sock' }],
  ['/run/b.sock', {}, { kind: 'unix', path: '/run/b.sock' }],
  ['tcp://127.0.0.1:2375', {}, { kind: 'tcp', host: '127.0.0.1', port: 2375 }],
  ['tcp://[::1]:2375', {}, { kind: 'tcp', host: '::1', port: 2375 }],
  ['tcp://0.0.0.0:2376', { tls: { ...TLS, client_ca_file: 'ca' } }, { kind: 'tcp', host: '0.0.0.0', port: 2376 }],
  ['tcp://10.0.0.1:2376', { tls: TLS, token: 'long-enough-token' }, { kind: 'tcp', host: '10.0.0.1', port: 2376 }],
])('%s with %j is listened on', (addr, guards, address) => {
  expect(readListenAddress({ addr, ...guards })).toEqual(address)
})

test.each([
  ['tcp://0.0.0.0:2375', {}],
  ['tcp://10.0.0.1:2375', { token: 'long-enough-token' }],
  ['tcp://10.0.0.1:2375', { tls: TLS }],
])('%s with %j would let others in unguarded', (addr, guards) => {
  expect(() => readListenAddress({ addr, ...guards })).toThrow(
    /beyond loopback the backend listens only with TLS client certificates/,
  )
})

test('a token is asked for, and a page in a browser is refused', async () => {
  const app = appOf('long-enough-token')
  const ask = async (headers: Record<string, string>) => (await app.inject({ url: '/_ping', headers })).statusCode
  expect(await ask({})).toBe(401)
  expect(await ask({ authorization: 'Bearer wrong-token-of-length' })).toBe(401)
  expect(await ask({ authorization: 'Bearer long-enough-token' })).toBe(200)
  expect(await ask({ authorization: 'Bearer long-enough-token', origin: 'https://example.org' })).toBe(403)
})

test.each([
  ['/v1.41/_ping', 200],
  ['/v1.47/_ping', 200],
  ['/v1.24/_ping', 200],
  ['/v1.48/_ping', 400],
  ['/v1.12/_ping', 400],
  ['/v2/_ping', 404],
])('%s answers %d', async (url, status) => {
  expect((await appOf().inject({ url })).statusCode).toBe(status)
})
