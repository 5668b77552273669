import { describe, expect, it } from 'vitest'
import { makeTenant } from '../__fixtures__/make-tenant.ts'
import { runLandlord } from '../__fixtures__/run-landlord.ts'
import { startScriptedServer } from '../__fixtures__/scripted-server.ts'

const tenants = [makeTenant({ name: 'acme' }), makeTenant({ name: 'beta' })]
const script = {
  'GET /v1/tenants': { body: { tenants, total: 2, limit: 500, offset: 0 } },
  'GET /v1/compute/providers': {
    body: { providers: [{ name: 'mock', specification_version: 'v1', capabilities: {} }] },
  },
}

/** What Tab offers behind `landlord <words>`, the last word being typed. */
async function complete(words: readonly string[], apiUrl = 'http://127.0.0.1:1') {
  const { stdout } = await runLandlord(['complete', '--', ...words], { env: { LANDLORD_API_URL: apiUrl } })
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0])
}

describe('Tab', () => {
  it('offers commands, options and fixed values without a server', async () => {
    expect(await complete(['re'])).toEqual(['resume', 'restart', 'retry', 'reconcile'])
    expect(await complete(['list', '--se'])).toEqual(['--selector', '--search'])
    expect(await complete(['list', '--api-u'])).toEqual(['--api-url'])
    expect(await complete(['list', '-o', ''])).toEqual(['table', 'json', 'yaml', 'name'])
    expect(await complete(['set', 'acme', '--expiry-action', ''])).toEqual(['archive', 'delete'])
    expect(await complete(['config', ''])).toContain('check')
    expect(await complete(['get', ''])).toEqual([])
  })

  it('offers names of tenants and providers from the server', async () => {
    const { url } = await startScriptedServer(script)
    expect(await complete(['get', ''], url)).toEqual(['acme', 'beta'])
    expect(await complete(['delete', 'acme', 'b'], url)).toEqual(['beta'])
    expect(await complete(['rm', 'a'], url)).toEqual(['acme'])
    expect(await complete(['set', '--tenant-name', 'a'], url)).toEqual(['acme'])
    expect(await complete(['create', 'x', '--provider', ''], url)).toEqual(['mock'])
  })
})

describe('landlord completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { exitCode, stdout } = await runLandlord(['completion', shell])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/landlord complete '?--/)
  })

  it('names the shells it knows', async () => {
    const { exitCode, stderr } = await runLandlord(['completion', 'tcsh'])
    expect(exitCode).toBe(64)
    expect(stderr).toContain('bash, zsh, fish, powershell')
  })
})
