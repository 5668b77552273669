import { EVENT_TYPES, routes } from '@landlord/api-contract'
import { createMockProvider } from '@landlord/provider-mock'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fuzzApi } from '../test/fuzz/api-fuzzer.ts'
import type { Answer } from '../test/fuzz/check-answer.ts'
import { type FuzzedTargets, startFuzzedTargets } from '../test/fuzz/fuzzed-targets.ts'
import { startFuzzedWorker } from '../test/fuzz/fuzzed-worker.ts'
import type { GeneratedRequest } from '../test/fuzz/request-arbitrary.ts'
import { arbitraryOf, type SchemaNode } from '../test/fuzz/schema-arbitrary.ts'
import { startTestServer, type TestServer } from '../test/start-test-server.ts'

const COUNT = Number(process.env.LANDLORD_FUZZ_COUNT ?? 2_000)
const SEED = Number(process.env.LANDLORD_FUZZ_SEED ?? 1)

const MOST_RECENT = 12
/** Few enough to meet again. */
const NAMES = 60
const DELIVERIES = routes.listDeliveries.path

let test: TestServer
let targets: FuzzedTargets
beforeAll(async () => {
  targets = await startFuzzedTargets()
  test = await startTestServer({
    settings: {
      // Everything is due to be looked at all the time.
      'drift.interval_seconds': 1,
      'reconcile.orphan_grace_seconds': 1,
      'webhooks.allow_http': true,
      'webhooks.allowed_networks': ['127.0.0.0/8'],
    },
  })
})
afterAll(async () => {
  await test.close()
  await targets.close()
})

/** What is accepted comes often, or nothing would ever be changed. */
function mostly<Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: other })
}

const someName = fc.nat({ max: NAMES - 1 }).map((number) => `acme-${number}`)
const mockConfig = arbitraryOf(createMockProvider({ installation: 'fuzz' }).configSchema as SchemaNode)
const conditions = mostly(
  fc.constantFrom('tier=pro', '!trial', 'region in (eu,us)', 'tier notin (free)', 'tier!=x'),
  fc.constantFrom('a', 'a in (', ''),
)

const specials = {
  name: mostly(someName, fc.stringMatching(/^[a-z0-9-]{1,63}$/)),
  compute_config: fc.oneof(fc.constant({}), mockConfig),
  compute_provider: mostly(fc.constant('mock'), fc.string()),
  compute_provider_type: mostly(fc.constant('mock'), fc.string()),
  provider: mostly(fc.constant('mock'), fc.constantFrom('docker', '')),
  label_selector: fc.array(conditions, { maxLength: 2 }).map((parts) => parts.join(',')),
  // A wait for what does not come takes all of its time.
  timeout: fc.constant(1),
  until: fc.constantFrom('settled', 'ready,failed', 'gone', 'archived', 'nonsense', ''),
  limit: mostly(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 501 })),
  cursor: fc.oneof(fc.string(), fc.base64String()),
  expires_at: fc
    .date({ min: new Date('2030-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  status: mostly(fc.constantFrom('ready', 'failed,archived', 'requested'), fc.constantFrom('no such status', '')),
  types: mostly(fc.constantFrom(...EVENT_TYPES), fc.constantFrom('tenant.*', 'nothing', '')),
  'types[]': mostly(
    fc.subarray(['*', 'tenant.*', 'tenant.created', 'operation.failed', 'webhook.*'], { minLength: 1 }),
    fc.constant<string[]>(['nothing']),
  ),
  'secrets[]': fc.array(
    fc.record({
      name: mostly(fc.constantFrom('TOKEN', 'PASSWORD', 'DB'), fc.string()),
      value_from: mostly(fc.constantFrom('env:LANDLORD_SECRET_A', 'file:/run/secrets/a'), fc.string()),
    }),
    { maxLength: 2 },
  ),
  resource: mostly(fc.constantFrom('box-1', 'box-22', 'box-333'), fc.string()),
  'idempotency-key': mostly(fc.uuid(), fc.constantFrom('key-1', 'key-2', '')),
  'if-match': mostly(fc.constant('*'), fc.constantFrom('"1"', 'W/"2"', '3', '"x", "1"', '')),
}

/** What exists, as far as the answers have told, by the place in a request where it can stand. */
const known = new Map<string, Set<string>>()

function remember(place: string, value: unknown): void {
  if (typeof value !== 'string') return
  const values = known.get(place) ?? new Set()
  known.set(place, values.add(value))
}

function existing(place: string, pick: number): string | undefined {
  const values = [...(known.get(place) ?? [])]
  // What came last is most likely to be there still.
  return place === 'if-match' && pick % 3 > 0
    ? undefined
    : values.at(-1 - (pick % Math.min(values.length, MOST_RECENT)))
}

function learn({ route }: GeneratedRequest, { status, body }: Answer): void {
  if (status >= 300) return
  const { id, name, version, webhook_id, workflow_execution_id, next_cursor, plan_id } = Object(body) as Record<
    string,
    unknown
  >
  remember('plan_id', plan_id)
  remember('/v1/operations', workflow_execution_id)
  if (version !== undefined) remember('if-match', `"${version}"`)
  const { path } = routes[route as keyof typeof routes]
  remember(`${path}?cursor`, next_cursor)
  const collection = path.split('/{')[0] ?? ''
  remember(webhook_id === undefined ? collection : DELIVERIES, id)
  if (collection === '/v1/tenants') remember(collection, name)
  for (const item of Object.values(Object(body)).filter(Array.isArray).flat()) remember(path, Object(item).id)
}

describe(`the API under ${COUNT} generated requests (LANDLORD_FUZZ_SEED=${SEED})`, () => {
  it('never fails, and answers nothing that its contract does not know', { timeout: 300_000 }, async () => {
    const worker = startFuzzedWorker(test, SEED)
    await worker.announce(targets.url)
    const noEndpoint = ['http://127.0.0.1:1/', 'https://10.0.0.1/', 'http://u:p@127.0.0.1/', 'nowhere', '']
    const url = mostly(fc.constant(targets.url), fc.constantFrom(...noEndpoint))
    const complaints = await fuzzApi(
      {
        baseUrl: test.url,
        routes,
        specials: { ...specials, url },
        weights: {
          createTenant: 60,
          patchTenant: 30,
          replaceTenant: 30,
          listTenants: 20,
          adoptTenant: 30,
          waitForTenant: 2,
          // Few, so that a webhook and a delivery that are picked often belong together.
          createWebhook: 4,
          deleteWebhook: 1,
        },
        asksWorker: ['getComputeStatus', 'planCreation', 'planChange', 'adoptTenant', 'deleteOrphan', 'getTenantLogs'],
        queries: { waitForTenant: { timeout: '1' } },
        existing,
        meanwhile: worker.act,
        onAnswer: learn,
      },
      { count: COUNT, seed: SEED },
    )
    expect(complaints).toEqual([])
  })
})
