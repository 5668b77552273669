import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { connectionOptions } from './connection-options.ts'

const folder = mkdtempSync(join(tmpdir(), 'docker-certificates-'))
beforeAll(() => {
  for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), name)
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('connectionOptions', () => {
  it.each([
    ['unix:///run/other.sock', { socketPath: '/run/other.sock', protocol: 'http' }],
    ['/run/other.sock', { socketPath: '/run/other.sock', protocol: 'http' }],
    ['tcp://engine', { host: 'engine', port: 2375, protocol: 'http' }],
    ['engine:1234', { host: 'engine', port: 1234, protocol: 'http' }],
    ['tcp://engine:2376', { host: 'engine', port: 2376, protocol: 'https' }],
    ['https://engine', { host: 'engine', port: 443, protocol: 'https' }],
  ])('understands %s, as a setting and in the environment', (host, expected) => {
    expect(connectionOptions({ host }, {}).options).toMatchObject(expected)
    expect(connectionOptions({}, { DOCKER_HOST: host }).options).toMatchObject(expected)
    expect(connectionOptions({ host }, { DOCKER_HOST: 'tcp://elsewhere:1' }).options).toMatchObject(expected)
  })

  it('lets nothing of the process’s environment through to dockerode', () => {
    vi.stubEnv('DOCKER_HOST', 'tcp://elsewhere:9999')
    vi.stubEnv('DOCKER_TLS_VERIFY', '1')
    vi.stubEnv('DOCKER_CLIENT_TIMEOUT', '5')
    try {
      const { modem } = new Docker(connectionOptions({ host: 'unix:///run/my.sock' }, {}).options)
      expect(modem).toMatchObject({ socketPath: '/run/my.sock', protocol: 'http' })
      expect(modem).toMatchObject({ host: undefined, port: undefined, timeout: undefined })
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it('takes the certificates from the settings, or from the environment for any DOCKER_TLS_VERIFY', () => {
    const expected = {
      protocol: 'https',
      port: 2376,
      ca: Buffer.from('ca'),
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
    }
    const files = {
      tls_ca_file: join(folder, 'ca.pem'),
      tls_cert_file: join(folder, 'cert.pem'),
      tls_key_file: join(folder, 'key.pem'),
    }
    expect(connectionOptions({ host: 'tcp://engine', ...files }, {}).options).toMatchObject(expected)
    const environment = { DOCKER_HOST: 'tcp://engine', DOCKER_TLS_VERIFY: 'yes', DOCKER_CERT_PATH: folder }
    expect(connectionOptions({}, environment).options).toMatchObject(expected)
  })

  it('names a certificate that is not there, and an address that is none', () => {
    expect(() => connectionOptions({ host: 'tcp://engine', tls_ca_file: '/nowhere.pem' }, {})).toThrow(
      /\/tls_ca_file.*nowhere/,
    )
    expect(() => connectionOptions({ host: 'gopher://engine' }, {})).toThrow(/\/host.*ssh:\/\//)
    expect(() => connectionOptions({}, { DOCKER_HOST: 'tcp://' })).toThrow(/DOCKER_HOST/)
  })

  it('checks the host key of an SSH host, and refuses to go without', () => {
    const host = 'ssh://me@engine'
    expect(() => connectionOptions({ host }, {})).toThrow(/ssh-keyscan engine/)
    const key = randomBytes(32)
    const digest = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
    const { options } = connectionOptions({ host, ssh_host_fingerprint: digest }, { SSH_AUTH_SOCK: '/agent' })
    expect(options).toMatchObject({
      host: 'engine',
      port: 22,
      protocol: 'ssh',
      username: 'me',
      sshOptions: { agent: '/agent' },
    })
    const verify = options.sshOptions?.hostVerifier as (key: Buffer) => boolean
    expect([verify(key), verify(randomBytes(32))]).toEqual([true, false])
  })
})
