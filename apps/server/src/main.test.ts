import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

let folder: string
let child: ChildProcess | undefined

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'landlord-main-'))
})
afterEach(() => {
  child?.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function run(...flags: string[]) {
  return runWith({}, ...flags)
}

function runWith(env: Record<string, string>, ...flags: string[]) {
  const main = new URL('main.ts', import.meta.url).pathname
  const process_ = spawn(process.execPath, ['--conditions=@landlord/source', main, ...flags], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', LANDLORD_WORKER_TOKEN: 'token', HOME: folder, ...env },
  })
  child = process_
  const output = { out: '', error: '' }
  process_.stdout.on('data', (chunk) => {
    output.out += chunk
  })
  process_.stderr.on('data', (chunk) => {
    output.error += chunk
  })
  return { process: process_, output, exited: once(process_, 'close') as Promise<[number | null]> }
}

const settings = (lines: string) => writeFileSync(join(folder, 'landlord.yaml'), lines)

describe('landlord-server', () => {
  it('serves what the settings file says until SIGTERM', async () => {
    settings(
      'server: { port: 0 }\ndatabase: { url: "sqlite:./data/landlord.db" }\nworkflow: { ingress_url: "http://127.0.0.1:1" }\ncompute: { mock: {} }\n',
    )
    const { process: server, output, exited } = run()
    const url = await vi.waitFor(() => {
      const found = /"url":"([^"]+)"/.exec(output.out)?.[1]
      if (found === undefined) throw new Error(`not up yet: ${output.error}`)
      return found
    }, 20_000)
    const created = await fetch(`${url}/v1/tenants`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"acme"}',
    })
    expect(created.status).toBe(201)
    server.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
    expect(output.error).toBe('')
  })

  it('waits for a database that is away, and stops at SIGTERM meanwhile', async () => {
    settings('server: { port: 0 }\nworkflow: { ingress_url: "http://127.0.0.1:1" }\ncompute: { mock: {} }\n')
    const { process: server, output, exited } = run('--database-url', 'postgres://landlord@127.0.0.1:1/landlord')
    await vi.waitFor(() => expect(output.out).toContain('the database is away'), 20_000)
    server.kill('SIGTERM')
    expect({ code: (await exited)[0], error: output.error }).toEqual({ code: 0, error: '' })
  })

  it('says what is missing, and exits so that nobody restarts it in vain', async () => {
    settings('compute: { mock: {} }\n')
    const { output, exited } = run()
    expect((await exited)[0]).toBe(78)
    expect(output.error).toMatch(/^landlord-server: a server needs database\.url, workflow\.ingress_url; set them/)
  })

  it('names the line of a wrong setting', async () => {
    settings('server:\n  prot: 1\n')
    const { output, exited } = run()
    expect((await exited)[0]).toBe(78)
    expect(output.error).toMatch(/landlord\.yaml:2/)
    expect(output.error).toContain('port')
  })

  it.each([
    ['a flag that it does not know', ['--prot', '1'], '{ mock: {} }', /--prot/],
    ['a provider that nobody knows', [], '{ mokc: {} }', /compute\.mokc/],
    ['several of them', [], '{ mokc: {}, dokcer: {} }', /compute\.mokc(.|\n)*compute\.dokcer/],
  ])('refuses %s without a stack trace', async (_, flags, compute, text) => {
    settings(
      `server: { port: 0 }\ndatabase: { url: "sqlite:./a.db" }\nworkflow: { ingress_url: "http://127.0.0.1:1" }\ncompute: ${compute}\n`,
    )
    const { output, exited } = run(...flags)
    expect((await exited)[0]).toBe(78)
    expect(output.error).toMatch(text)
    expect(output.error).not.toMatch(/^ +at /m)
  })

  it('says in one line that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    settings(
      'database: { url: "sqlite:./a.db" }\nworkflow: { ingress_url: "http://127.0.0.1:1" }\ncompute: { mock: {} }\n',
    )
    const { output, exited } = run('--port', String(port))
    expect((await exited)[0]).toBe(1)
    expect(output.error).toBe(
      `landlord-server: 127.0.0.1:${port} is taken by another process; choose another server.port\n`,
    )
    other.close()
  })

  it('warns of settings in the environment that it does not know', async () => {
    settings(
      'server: { port: 0 }\ndatabase: { url: "sqlite:./a.db" }\nworkflow: { ingress_url: "http://127.0.0.1:1" }\ncompute: { mock: {} }\n',
    )
    const { output } = runWith({ LANDLORD_SERVER_PROT: '1' })
    await vi.waitFor(() => expect(output.out).toMatch(/"warn".*LANDLORD_SERVER_PROT/), 20_000)
  })

  it('explains itself', async () => {
    const { output, exited } = run('--help')
    expect((await exited)[0]).toBe(0)
    expect(output.out).toContain('--database-url')
  })
})
