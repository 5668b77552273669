import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test } from 'vitest'
import { buildApp } from './build-app.ts'
import { readTlsFiles } from './tls-files.ts'

async function issue(name: string): Promise<{ cert: string; key: string }> {
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  return { cert: made.cert, key: made.private }
}

async function writeFiles(contents: Readonly<Record<string, string>>): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), 'backend-ecs-tls-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content)
  return (name) => join(folder, name)
}

test('with an authority for clients, nobody connects without a certificate of it', async () => {
  const [server, client, stranger] = await Promise.all(['server', 'client', 'stranger'].map(issue))
  if (server === undefined || client === undefined || stranger === undefined) throw new Error('no certificates')
  const path = await writeFiles({ 'cert.pem': server.cert, 'key.pem': server.key, 'ca.pem': client.cert })
  const tls = await readTlsFiles({
    cert_file: path('cert.pem'),
    key_file: path('key.pem'),
    client_ca_file: path('ca.pem'),
  })
  const { app } = buildApp({ logger: pino({ level: 'silent' }), tls, stopping: new AbortController().signal })
  onTestFinished(() => app.close())
  app.get('/_ping', async () => 'OK')
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ask = (identity: object) =>
    new Promise<string>((resolve, reject) => {
      request(`${url}/_ping`, { ca: server.cert, agent: false, ...identity }, (response) => resolve(text(response)))
        .on('error', reject)
        .end()
    })
  expect(await ask(client)).toBe('OK')
  await expect(ask({})).rejects.toThrow()
  await expect(ask(stranger)).rejects.toThrow()
})

test('a file that is missing or no certificate is named', async () => {
  const { cert, key } = await issue('server')
  const path = await writeFiles({ 'cert.pem': cert, 'key.pem': key, 'bad.pem': 'no certificate' })
  const files = { cert_file: path('cert.pem'), key_file: path('key.pem') }
  await expect(readTlsFiles({ ...files, key_file: path('nothing.pem') })).rejects.toThrow(/tls\.key_file/)
  await expect(readTlsFiles({ ...files, cert_file: path('bad.pem') })).rejects.toMatchObject({
    code: 'invalid_tls_files',
  })
})
