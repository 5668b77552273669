import { afterAll, beforeAll, expect, it } from 'vitest'
import { type System, startSystem } from './support/system.ts'
import { type CollectedSpan, startTraceCollector, type TraceCollector } from './support/trace-collector.ts'

const CLIENT_TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const CLIENT_SPAN = '00f067aa0ba902b7'

let collector: TraceCollector
let system: System
beforeAll(async () => {
  collector = await startTraceCollector()
  system = await startSystem({
    'tracing.enabled': true,
    'tracing.otlp_endpoint': collector.url,
    compute: { mock: { env: { PASSWORD: 'hunter2' } } },
  })
})
afterAll(() => collector.close())

const named = (spans: readonly CollectedSpan[], name: string) => spans.filter((span) => span.name === name)
const childrenOf = (spans: readonly CollectedSpan[], parent: CollectedSpan | undefined) =>
  spans.filter((span) => span.parentSpanId === parent?.spanId)

it('finds nothing wrong with a system that is well', async () => {
  await expect
    .poll(async () => (await system.client.getDiagnosis({ query: { deep: true } })).body, { timeout: 20_000 })
    .toMatchObject({ status: 'ok' })
  const { body } = await system.client.getDiagnosis()
  const messages = new Map(body.checks.map(({ name, message }) => [name, message]))
  expect(messages.get('workflow engine')).toMatch(/^Restate 1\.\d+\.\d+ answers$/)
  expect(messages.get('workers')).toMatch(/^1 worker of version/)
  expect(messages.get('provider mock')).toMatch(/takes the worker's calls/)
})

it('makes one trace of each operation, from the request to the calls of the provider', async () => {
  const created = await fetch(`${system.server.url}/v1/tenants`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', traceparent: `00-${CLIENT_TRACE}-${CLIENT_SPAN}-01` },
    body: JSON.stringify({ name: 'acme', compute_config: { mock: { ready_after_ms: 400 } } }),
  })
  expect(created.status).toBe(201)
  expect(created.headers.get('traceparent')).toMatch(new RegExp(`^00-${CLIENT_TRACE}-[0-9a-f]{16}-01$`))
  await system.client.waitForTenant({ params: { tenant: 'acme' }, query: { until: 'ready', timeout: 30 } })
  const { body } = await system.client.listTenantOperations({ params: { tenant: 'acme' } })
  expect(body.operations[0]?.trace_id).toBe(CLIENT_TRACE)
  await system.client.deleteTenant({ params: { tenant: 'acme' } })
  await expect
    .poll(() => system.client.getTenant({ params: { tenant: 'acme' } }).catch((error: unknown) => error), {
      timeout: 20_000,
    })
    .toMatchObject({ status: 404 })
  // What is left is sent on the way down.
  await system.close()

  const spans = collector.spans.filter((span) => span.traceId === CLIENT_TRACE)
  const [request] = named(spans, 'POST /v1/tenants')
  expect(request).toMatchObject({ service: 'landlord-server', parentSpanId: CLIENT_SPAN, isError: false })
  const [operation, ...others] = named(spans, 'operation provision')
  expect(others).toEqual([])
  expect(operation).toMatchObject({ service: 'landlord-server', parentSpanId: request?.spanId })
  expect(operation?.attributes).toMatchObject({ 'landlord.operation.outcome': 'succeeded' })
  const steps = childrenOf(spans, operation)
  expect(new Set(steps.map(({ name }) => name))).toEqual(new Set(['step provision', 'step look']))
  expect(steps.every(({ service }) => service === 'landlord-worker')).toBe(true)
  const calls = steps.flatMap((step) => childrenOf(spans, step))
  expect(named(calls, 'mock provision')).toHaveLength(1)
  expect(named(calls, 'mock get_status').length).toBeGreaterThan(1)
  // Nothing in the trace hangs in the air, and the operation spans what was done for it.
  expect(spans).toHaveLength(2 + steps.length + calls.length)
  for (const { startedAt } of steps) expect(startedAt >= (operation?.startedAt ?? 0n)).toBe(true)

  const [deletion] = named(collector.spans, 'operation delete')
  const deleting = collector.spans.filter((span) => span.traceId === deletion?.traceId)
  expect(deletion?.traceId).not.toBe(CLIENT_TRACE)
  expect(named(deleting, 'DELETE /v1/tenants/:tenant')[0]).not.toHaveProperty('parentSpanId')
  expect(named(deleting, 'mock destroy')).toHaveLength(1)
  expect(collector.received.join('')).not.toMatch(/hunter2|ready_after_ms|a-token-for-tests-only/)
})
