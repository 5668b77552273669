import { SCOPES } from '@landlord/api-contract'
import { expect, it } from 'vitest'
import { runLandlord } from '../__fixtures__/run-landlord.ts'
import { problem, startScriptedServer } from '../__fixtures__/scripted-server.ts'

const token = {
  id: '01980a3c-7a10-7cc2-9d61-0f3f5a1c2b3d',
  name: 'ci',
  scope: 'operate',
  label_selector: 'tier=pro',
  created_by: 'token:root',
  created_at: '2026-11-20T12:00:00.000Z',
}

it('makes a token with all that was asked for, and shows it on stdout alone', async () => {
  const server = await startScriptedServer({
    'POST /v1/tokens': { status: 201, body: { ...token, token: 'll_the-token' } },
  })
  const flags = ['--scope', 'operate', '--selector', 'tier=pro', '--name', 'ci', '--api-url', server.url]
  const { stdout, stderr, exitCode } = await runLandlord(['token', 'create', '--expires', '90d', ...flags])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^Token +ll_the-token\nName +ci\nScope +operate\nTenants +tier=pro\nState +valid/)
  expect(stderr).toContain('not shown again')
  expect(stderr).not.toContain('ll_the-token')
  const body = { name: 'ci', scope: 'operate', label_selector: 'tier=pro' }
  expect(server.received[0]?.body).toEqual({ ...body, ttl_seconds: 90 * 86_400 })
  const dated = await runLandlord(['token', 'create', '--expires', '2030-01-31T18:00Z', '-o', 'json', ...flags])
  expect(JSON.parse(dated.stdout).token).toBe('ll_the-token')
  expect(server.received[1]?.body).toEqual({ ...body, expires_at: '2030-01-31T18:00:00.000Z' })
})

it('lists what is kept, and revokes by name', async () => {
  const server = await startScriptedServer({
    'GET /v1/tokens': { body: { tokens: [{ ...token, revoked_at: '2026-11-21T12:00:00.000Z' }] } },
    'DELETE /v1/tokens/ci': { body: token },
  })
  const at = ['--api-url', server.url]
  const list = await runLandlord(['token', 'list', '--include-revoked', ...at])
  expect(list.stdout).toMatch(
    /^NAME +SCOPE +TENANTS +STATE .*\nci +operate +tier=pro +revoked 2026-11-2.* never +token:root/,
  )
  expect(server.received[0]?.query).toEqual({ include_revoked: 'true' })
  expect((await runLandlord(['token', 'ls', '-o', 'name', ...at])).stdout).toBe('ci\n')
  expect((await runLandlord(['token', 'revoke', 'ci', ...at])).stdout).toBe('Revoked ci (operate, tier=pro)\n')
})

it('says which scopes there are, as the contract has them', async () => {
  const { stderr, exitCode } = await runLandlord(['token', 'create', '--name', 'ci', '--scope', 'owner'])
  expect(exitCode).toBe(64)
  expect(stderr).toContain(`Allowed choices are ${SCOPES.join(', ')}`)
})

it('shows the way out when there is no token, or too small a one', async () => {
  const server = await startScriptedServer({
    'GET /v1/tokens': [
      problem('unauthorized', 'this server asks for a token'),
      problem('forbidden', 'this needs more'),
    ],
  })
  const at = ['--api-url', server.url]
  const stranger = await runLandlord(['token', 'list', ...at])
  expect(stranger.exitCode).toBe(1)
  expect(stranger.stderr).toMatch(/LANDLORD_TOKEN[\s\S]*landlord-server token create/)
  expect((await runLandlord(['token', 'list', ...at])).stderr).toContain('landlord token create --scope')
})
