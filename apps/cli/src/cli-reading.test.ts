import { describe, expect, it } from 'vitest'
import { makeTenant } from './__fixtures__/make-tenant.ts'
import { runLandlord } from './__fixtures__/run-landlord.ts'
import { problem, startScriptedServer } from './__fixtures__/scripted-server.ts'

const endpoint = { protocol: 'http', host: '127.0.0.1', port: 32768, url: 'http://127.0.0.1:32768' } as const
const acme = makeTenant({ endpoints: [endpoint], labels: { tier: 'pro' } })
const beta = makeTenant({ id: '01935f6e-0000-7000-8000-000000000002', name: 'beta', status: 'updating' })

const page = (tenants: readonly unknown[], more: Record<string, unknown> = {}) => ({
  body: { tenants, total: tenants.length, limit: 50, offset: 0, ...more },
})

describe('landlord list', () => {
  it('prints a table without colours or trailing blanks when piped', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants': page([acme, beta]) })
    const { exitCode, stdout, stderr } = await runLandlord(['list', '--api-url', server.url])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines[0]).toMatch(/^NAME +STATUS +PROVIDER +ENDPOINT +AGE +MESSAGE$/)
    expect(lines[1]).toMatch(/^acme +ready +mock +http:\/\/127\.0\.0\.1:32768 +\d+d$/)
    expect(lines[2]).toMatch(/^beta +updating +mock +- /)
    expect(stdout).not.toMatch(/ \n/)
  })

  it('sends selectors and filters, and takes the server from the environment', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants': page([]) })
    const argv = ['ls', '-l', 'tier=pro', '--status', 'failed', '-q', 'ac', '--limit', '5', '--include-deleted']
    const { stdout } = await runLandlord(argv, { env: { LANDLORD_API_URL: server.url, LANDLORD_TOKEN: 'll_secret' } })
    expect(server.received[0]?.query).toEqual({
      label_selector: 'tier=pro',
      status: 'failed',
      q: 'ac',
      limit: '5',
      include_deleted: 'true',
    })
    expect(server.received[0]?.headers.authorization).toBe('Bearer ll_secret')
    expect(stdout).toContain('landlord create')
  })

  it('follows every page with --all', async () => {
    const server = await startScriptedServer({
      'GET /v1/tenants': ({ query }) =>
        query.cursor === 'c2' ? page([beta]) : page([acme], { next_cursor: 'c2', total: 2 }),
    })
    const { stdout } = await runLandlord(['list', '--all', '-o', 'name', '--api-url', server.url])
    expect(stdout).toBe('acme\nbeta\n')
  })

  it('says how many it left out', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants': page([acme], { total: 7 }) })
    expect((await runLandlord(['list', '--api-url', server.url])).stdout).toContain('1 of 7; the rest with --all')
  })

  it.each(['json', 'yaml'])('prints the whole answer as %s, options before the command too', async (format) => {
    const server = await startScriptedServer({ 'GET /v1/tenants': page([acme]) })
    const { stdout } = await runLandlord(['-o', format, '--api-url', server.url, 'list'])
    const { parse } = await import('yaml')
    expect(format === 'json' ? JSON.parse(stdout) : parse(stdout)).toEqual(page([acme]).body)
  })
})

describe('landlord get', () => {
  it('shows the failure and the ways out', async () => {
    const failed = makeTenant({
      status: 'failed',
      failed_operation: 'update',
      generation: 2,
      failure: { code: 'image_not_found', message: 'no image "nginx:alpin"', retryable: false, instance_usable: true },
      desired_config: { image: 'nginx:alpin' },
    })
    const server = await startScriptedServer({
      'GET /v1/tenants/acme': { body: failed },
      [`GET /v1/tenants/${failed.id}/operations`]: { body: { operations: [] } },
    })
    const { stdout } = await runLandlord(['describe', '--tenant-name', 'acme', '--api-url', server.url])
    expect(stdout).toContain('Failed to update (image_not_found)\n  no image "nginx:alpin"')
    expect(stdout).toContain('The instance from before still serves.')
    expect(stdout).toContain('→ change it: landlord set acme')
    expect(stdout).toContain('2 wanted, 1 in place')
    expect(stdout).toContain('Desired configuration\n  image: nginx:alpin')
  })

  it('ends with 3 for a tenant that does not exist', async () => {
    const server = await startScriptedServer({ 'GET /v1/tenants/nope': problem('not_found', 'no tenant "nope"') })
    const { exitCode, stdout, stderr } = await runLandlord(['get', 'nope', '--api-url', server.url])
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toBe('error: no tenant "nope"\n  → see what there is with: landlord list\n')
  })
})

describe('errors', () => {
  it('says how to start a server when none answers, with 6', async () => {
    const { exitCode, stderr } = await runLandlord(['list', '--api-url', 'http://127.0.0.1:1'])
    expect(exitCode).toBe(6)
    expect(stderr).toContain('no answer from http://127.0.0.1:1')
    expect(stderr).toContain('landlord dev')
  })

  it('is JSON on stderr with -o json', async () => {
    const { exitCode, stdout, stderr } = await runLandlord(['list', '-o', 'json', '--api-url', 'http://127.0.0.1:1'])
    expect({ exitCode, stdout }).toEqual({ exitCode: 6, stdout: '' })
    expect(JSON.parse(stderr).error).toMatchObject({ reason: 'unreachable', exit_code: 6 })
  })

  it('suggests the option that was meant, with 2', async () => {
    const { exitCode, stderr } = await runLandlord(['list', '--selectr', 'a=b'])
    expect(exitCode).toBe(64)
    expect(stderr).toContain("unknown option '--selectr'")
    expect(stderr).toContain('Did you mean --selector?')
  })

  it('names file, line and key of a wrong setting, with 5', async () => {
    const { exitCode, stderr } = await runLandlord(['list'], { env: { LANDLORD_CLI_API_URL: 'ftp://x' } })
    expect(exitCode).toBe(5)
    expect(stderr).toContain('LANDLORD_CLI_API_URL cli.api_url')
  })
})

describe('landlord --help', () => {
  it('lists every exit code and ends with 0', async () => {
    const { exitCode, stdout } = await runLandlord(['--help'])
    expect(exitCode).toBe(0)
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7, 8, 130]) expect(stdout).toMatch(new RegExp(`^  ${code} `, 'm'))
  })
})
