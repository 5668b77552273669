import { mkdtempSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { problemOf } from '../test/problem-of.ts'
import { startTestServer, type TestServer } from '../test/start-test-server.ts'

const CLUSTER = 'arn:aws:ecs:eu-central-1:111122223333:cluster/main'
const TASK_DEFINITION = 'arn:aws:ecs:eu-central-1:111122223333:task-definition/web:7'

let home: string
let test: TestServer
/** Where anything in this process tried to connect to, beside the test's own server and engine. */
const attempts: string[] = []

beforeAll(async () => {
  // No credentials: no variable, no shared file. No network: nothing but the test's own two ports can be reached.
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) vi.stubEnv(name, undefined)
  home = mkdtempSync(join(tmpdir(), 'landlord-home-'))
  vi.stubEnv('HOME', home)
  const connect = Socket.prototype.connect
  vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket, ...args: unknown[]) {
    const [target] = args.flat() as [{ host?: string; port?: number; path?: string } | undefined]
    if (ownPorts().includes(Number(target?.port))) return Reflect.apply(connect, this, args) as Socket
    attempts.push(`${target?.host ?? target?.path}:${target?.port}`)
    throw new Error('this test has no network')
  })
  test = await startTestServer({ compute: { ecs: { cluster_arn: CLUSTER } } })
})
afterAll(async () => {
  await test.close()
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

const ownPorts = () => (test === undefined ? [] : [test.url, test.engine.url].map((url) => Number(new URL(url).port)))

const create = (name: string, compute_config: Record<string, unknown>) =>
  test.client.createTenant({ body: { name, compute_provider: 'ecs', compute_config } })

describe('a server without credentials and without a network', () => {
  it('accepts an ECS tenant, with the installation’s defaults in its configuration', async () => {
    const { body } = await create('acme', { task_definition_arn: TASK_DEFINITION })
    const { body: desired } = await test.worker.getDesiredState({ params: { id: body.id } })
    expect(desired.config).toEqual({ cluster_arn: CLUSTER, task_definition_arn: TASK_DEFINITION })
    expect(attempts).toEqual([])
  })

  it('refuses one without its required fields, and stores nothing', async () => {
    const problem = await problemOf(create('half', {}))
    expect(problem).toMatchObject({ status: 400, code: 'invalid_config' })
    expect(JSON.stringify(problem)).toContain('task_definition_arn')
    const { body } = await test.client.listTenants({ query: { include_deleted: true } })
    expect(body.tenants.map(({ name }) => name)).not.toContain('half')
    expect(attempts).toEqual([])
  })

  it('refuses what only a look at several fields shows', async () => {
    const problem = await problemOf(
      create('split', { task_definition_arn: TASK_DEFINITION.replace('eu-central-1', 'us-east-1') }),
    )
    expect(problem).toMatchObject({ status: 400, code: 'invalid_config' })
    expect(attempts).toEqual([])
  })

  it('serves the schema', async () => {
    const { body } = await test.client.getComputeConfig({ query: { provider: 'ecs' } })
    expect(body.schema).toMatchObject({ properties: { cluster_arn: {}, task_definition_arn: {} } })
    expect(attempts).toEqual([])
  })
})
