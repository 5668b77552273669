import { createWorkerClient, workerRoutes } from '@landlord/api-contract'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { problemOf } from '../../test/problem-of.ts'
import { startTestServer, type TestServer } from '../../test/start-test-server.ts'

let test: TestServer

beforeAll(async () => {
  test = await startTestServer()
})
afterAll(() => test.close())

describe("the worker's side", () => {
  it('is closed to everybody without the token, before anything is read', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'acme' } })
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: 'Basic d29ya2Vy' }] as Record<
      string,
      string
    >[]) {
      for (const { method, path } of Object.values(workerRoutes)) {
        const response = await fetch(test.url + path.replace('{id}', tenant.id), { method, headers })
        expect(response.status).toBe(401)
        expect(response.headers.get('www-authenticate')).toBe('Bearer')
        expect(await response.json()).toMatchObject({ code: 'unauthorized' })
      }
    }
  })

  it("tells the installation's id, the same after a restart", async () => {
    const { body } = await test.worker.getInstallation()
    expect(body).toEqual({
      installation_id: test.server.installationId,
      fingerprint_key: expect.stringMatching(/^[\w-]{43}$/),
    })
    test = await test.restart()
    expect((await test.worker.getInstallation()).body).toEqual(body)
  })

  it('answers 404 for a tenant that is gone, and 400 for a report that is none', async () => {
    expect((await problemOf(test.worker.getDesiredState({ params: { id: 'nobody' } }))).status).toBe(404)
    const { body: tenant } = await test.client.createTenant({ body: { name: 'bad-report' } })
    const report = { operation_id: tenant.workflow_execution_id, generation: 1, outcome: 'exploded' }
    expect(
      (await problemOf(test.worker.reportProgress({ params: { id: tenant.id }, body: report as never }))).status,
    ).toBe(400)
  })

  it('tells what is wrong with a report of its own outcome only', async () => {
    const { body: tenant } = await test.client.createTenant({ body: { name: 'half-report' } })
    const send = async (body: object) =>
      await problemOf(test.worker.reportProgress({ params: { id: tenant.id }, body: body as never }))
    const common = { operation_id: tenant.workflow_execution_id, generation: 1 }
    expect((await send({ ...common, outcome: 'in_progress', attempts: 'none' })).errors).toEqual([
      { pointer: '/attempts', message: expect.stringContaining('integer') },
    ])
    expect((await send({ ...common, outcome: 'exploded' })).errors).toEqual([
      { pointer: '/outcome', message: 'must be one of "in_progress", "backing_off", "succeeded", "failed"' },
    ])
  })

  it('tells where the first provision was to be, until a handle tells it', async () => {
    const config = (image: string) => ({ compute_config: { image } })
    const { body: tenant } = await test.client.createTenant({ body: { name: 'moved', ...config('shop:1') } })
    const params = { id: tenant.id }
    const applied = async () => (await test.worker.getDesiredState({ params })).body.applied_config
    expect(await applied()).toMatchObject({ image: 'shop:1' })
    // The answer of the first provision was lost, and what it made is where the first configuration says.
    for (const image of ['shop:2', 'shop:3']) {
      await test.client.replaceTenant({ params: { tenant: tenant.id }, body: config(image) })
    }
    expect(await applied()).toMatchObject({ image: 'shop:1' })
    await test.settle(tenant)
    expect(await applied()).toMatchObject({ image: 'shop:3' })
  })

  it('is not in the public document', async () => {
    const document = await (await fetch(`${test.url}/v1/openapi.json`)).text()
    expect(document).not.toContain('/internal/')
    expect(document).not.toContain('WorkerReport')
  })

  it('refuses a token of another worker', async () => {
    const other = createWorkerClient({ baseUrl: test.url, token: 'worker-token-of-the-tesT' })
    expect((await problemOf(other.getInstallation())).code).toBe('unauthorized')
  })
})
