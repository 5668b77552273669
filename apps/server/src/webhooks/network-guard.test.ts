import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createGuardedAgent } from './guarded-agent.ts'
import { createNetworkGuard } from './network-guard.ts'

const strict = createNetworkGuard({ allowHttp: false, allowedNetworks: [] })
const loose = createNetworkGuard({ allowHttp: true, allowedNetworks: ['127.0.0.0/8', '10.1.0.0/16', 'fd00::/64'] })

describe('a network guard', () => {
  it.each(['93.184.216.34', '2606:2800:220:1::1'])('lets the public address %s pass', (address) => {
    expect(strict.allows(address)).toBe(true)
  })

  it.each([
    ...['127.0.0.1', '127.9.9.9', '0.0.0.0', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254'],
    ...['100.64.0.1', '192.0.0.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12::1', 'ff02::1', '64:ff9b::a00:1', '2002:a00:1::1'],
    ...['::ffff:127.0.0.1', '::ffff:169.254.169.254', '::ffff:a00:1', 'not an address'],
    ...['::127.0.0.1', '::a00:1', '::a9fe:a9fe'],
  ])('keeps away from %s', (address) => {
    expect(strict.allows(address)).toBe(false)
  })

  it('lets pass what the settings name, in either notation, and no more', () => {
    expect(['127.0.0.1', '::ffff:10.1.2.3', 'fd00::7'].map(loose.allows)).toEqual([true, true, true])
    expect(['10.2.0.1', '169.254.169.254', 'fd01::7'].map(loose.allows)).toEqual([false, false, false])
    expect(() => createNetworkGuard({ allowHttp: false, allowedNetworks: ['10.0.0.0'] })).toThrow('10.0.0.0')
  })

  it.each([
    ['http://example.com/', 'webhooks.allow_http'],
    ['ftp://example.com/', 'https://'],
    ['example.com', 'is not a URL'],
    ['https://user:secret@example.com/', 'no password'],
    ['https://127.0.0.1/', '127.0.0.1 is no public address'],
    ['https://[::1]:8443/', 'no public address'],
    ['https://2130706433/', '127.0.0.1 is no public address'],
    ['https://0x7f.1/', '127.0.0.1 is no public address'],
  ])('has something against %s', (url, words) => {
    expect(strict.complaint(url)).toContain(words)
    expect(strict.complaint(url)).not.toContain('secret')
  })

  it('has nothing against a public https URL, nor against names before they are resolved', () => {
    expect(strict.complaint('https://example.com/hooks?key=1')).toBeUndefined()
    expect(strict.complaint('https://localhost/')).toBeUndefined()
    expect(loose.complaint('http://127.0.0.1:3000/')).toBeUndefined()
  })
})

describe('the connection of a webhook', () => {
  async function listen() {
    let requests = 0
    const server = createServer((_, response) => {
      requests += 1
      response.end('ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { port: (server.address() as AddressInfo).port, requests: () => requests }
  }

  it('is judged by the address that it goes to, whether it is named or resolved', async () => {
    const { port, requests } = await listen()
    const agent = createGuardedAgent(strict, 1)
    onTestFinished(() => agent.destroy())
    for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]']) {
      const call = request(`http://${host}:${port}/`, { dispatcher: agent })
      await expect(call, host).rejects.toThrow('is no public address')
    }
    expect(requests()).toBe(0)
  })

  it('is made where the settings allow it', async () => {
    const { port, requests } = await listen()
    const agent = createGuardedAgent(loose, 1)
    onTestFinished(() => agent.destroy())
    const { body } = await request(`http://localhost:${port}/`, { dispatcher: agent })
    expect(await body.text()).toBe('ok')
    expect(requests()).toBe(1)
  })

  it('is one of as many as deliveries may be made at once', async () => {
    const waiting: (() => void)[] = []
    const server = createServer((_, response) => {
      waiting.push(() => response.end())
      if (waiting.length === 12) for (const answer of waiting) answer()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const agent = createGuardedAgent(loose, 12)
    onTestFinished(() => agent.destroy())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const signal = AbortSignal.timeout(5_000)
    const calls = Array.from({ length: 12 }, () => request(url, { dispatcher: agent, signal }))
    expect((await Promise.all(calls)).map(({ statusCode }) => statusCode)).toEqual(Array(12).fill(200))
  })
})
