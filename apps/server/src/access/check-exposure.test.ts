import { describe, expect, it } from 'vitest'
import { testSettings } from '../../test/start-test-server.ts'
import { checkExposure } from './check-exposure.ts'

const check = (flags: Record<string, unknown>) => () => checkExposure(testSettings(flags))
const REQUIRED = { 'access.mode': 'required' }
const TLS = { 'server.tls': { cert_file: 'a.pem', key_file: 'b.pem' } }
const PROXY = { 'server.trusted_proxies': ['10.0.0.0/8', '::1', '192.0.2.7'] }

describe('beyond loopback', () => {
  it.each(['0.0.0.0', '::', '10.1.2.3', 'example.com'])('%s needs tokens, and a way to send them unread', (host) => {
    const at = { 'server.host': host }
    expect(check(at)).toThrow(/server\.host.*without access control.*loopback only.*access\.mode/)
    expect(check({ ...at, ...TLS, ...PROXY })).toThrow(/without access control/)
    expect(check({ ...at, ...REQUIRED })).toThrow(/plain HTTP can be read.*server\.tls.*server\.trusted_proxies/)
    expect(check({ ...at, ...REQUIRED, ...TLS })).not.toThrow()
    expect(check({ ...at, ...REQUIRED, ...PROXY })).not.toThrow()
  })
})

it.each(['127.0.0.1', '127.8.8.8', '::1', 'localhost'])('%s needs neither', (host) => {
  expect(check({ 'server.host': host })).not.toThrow()
  expect(check({ 'server.host': host, ...REQUIRED })).not.toThrow()
})

it.each(['10.0.0.0/33', 'proxy.example.com', '10.0.0.0/8/8', '::/129', '10.0.0.0/', ''])('%j is no proxy', (proxy) => {
  expect(check({ 'server.trusted_proxies': [proxy] })).toThrow(/trusted_proxies/)
})

describe('an issuer', () => {
  const issued = (issuer: string, mode: string) =>
    check({ 'access.mode': mode, 'access.oidc': { issuer, audience: ['landlord'] } })

  it('is of no use where nobody is asked for a token', () => {
    expect(issued('https://id.example.com', 'none')).toThrow(/access\.oidc is set.*"required"/)
    expect(issued('https://id.example.com', 'required')).not.toThrow()
  })

  it('is trusted over plain HTTP on this machine only', () => {
    expect(issued('http://id.example.com', 'required')).toThrow(/https:\/\//)
    expect(issued('http://127.0.0.1:9', 'required')).not.toThrow()
    expect(issued('http://[::1]:9', 'required')).not.toThrow()
  })
})
