import { createClient } from '@landlord/api-contract'
import { expect, it } from 'vitest'
import { startScriptedServer } from './__fixtures__/scripted-server.ts'
import { limitClient } from './answer-within.ts'
import { describeError } from './describe-error.ts'

async function silentClient(limitMs: number) {
  const { url } = await startScriptedServer({ 'GET /v1/tenants': 'silence' })
  return { url, client: limitClient(createClient({ baseUrl: url }), { apiUrl: url, limitMs }) }
}

it('gives a silent server up when the time is over, as one that does not answer', async () => {
  const { url, client } = await silentClient(50)
  const error = await client.listTenants().catch((reason: unknown) => reason)
  expect(await describeError(error)).toMatchObject({
    reason: 'unreachable',
    message: `no answer from ${url} within 50 ms`,
  })
})

it("ends at once at the caller's signal, with its reason", async () => {
  const { client } = await silentClient(3_600_000)
  const interruption = new AbortController()
  const call = client.listTenants({ signal: interruption.signal })
  interruption.abort(new Error('Ctrl-C'))
  await expect(call).rejects.toThrow('Ctrl-C')
})
