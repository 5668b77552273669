import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { noTracer, openTracer, parseTraceParent, traceIdOf } from './index.ts'
import { sampleRatio } from './sample-ratio.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT = `00-${TRACE}-00f067aa0ba902b7-01`
const OPERATION = { id: '0193a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b' }

let server: Server | undefined
afterEach(() => void server?.close())

/** Where spans are sent; what came. */
async function collector(status = 200): Promise<{ url: string; texts: string[] }> {
  const texts: string[] = []
  server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    texts.push(text)
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, texts }
}

const options = (env: Record<string, string> = {}, onFailure: (message: string) => void = () => {}) => ({
  service: 'landlord-server',
  version: '1.2.3',
  onFailure,
  env,
})

describe('parseTraceParent', () => {
  it('reads what W3C says, and nothing else', () => {
    expect(parseTraceParent(PARENT)).toEqual({ traceId: TRACE, spanId: '00f067aa0ba902b7', isSampled: true })
    expect(parseTraceParent(`cc-${TRACE}-00f067aa0ba902b7-00-more`)).toMatchObject({ isSampled: false })
    for (const text of [undefined, '', 'x', `ff-${TRACE}-00f067aa0ba902b7-01`, PARENT.toUpperCase(), `${PARENT}1`]) {
      expect(parseTraceParent(text)).toBeUndefined()
    }
    expect(parseTraceParent(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`)).toBeUndefined()
    expect(traceIdOf(`00-${TRACE}-${'0'.repeat(16)}-01`)).toBeUndefined()
  })
})

describe('openTracer', () => {
  it('records nothing unless it is switched on, and hands on what a client began', async () => {
    expect(await openTracer({ enabled: false }, options())).toBe(noTracer)
    expect(await openTracer({ enabled: true }, options({ OTEL_SDK_DISABLED: 'true' }))).toBe(noTracer)
    expect(noTracer.startSpan({ name: 'a', parent: PARENT }).traceParent).toBe(PARENT)
    expect(noTracer.startSpan({ name: 'a', parent: 'nonsense' }).traceParent).toBeUndefined()
    expect(noTracer.operationParent({ ...OPERATION, traceParent: PARENT })).toBe(PARENT)
  })

  it('gives an operation the same parent in every process', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => openTracer({ enabled: true }, options())))
    const asked = { ...OPERATION, traceParent: PARENT }
    expect(one?.operationParent(asked)).toBe(`00-${TRACE}-8a6b7c8d9e0f1a2b-01`)
    expect(other?.operationParent(asked)).toBe(one?.operationParent(asked))
    // Nobody asked: it is the root of a trace of its own.
    expect(one?.operationParent(OPERATION)).toBe('00-0193a1b2c3d47e5f8a6b7c8d9e0f1a2b-8a6b7c8d9e0f1a2b-01')
  })

  it('keeps to what the client decided, else to the ratio', async () => {
    const { url, texts } = await collector()
    const tracer = await openTracer({ enabled: true, otlp_endpoint: `${url}/`, sample_ratio: 0 }, options())
    tracer.startSpan({ name: 'dropped' }).end()
    tracer.startSpan({ name: 'refused', parent: PARENT.replace(/01$/, '00') }).end()
    expect(tracer.operationParent(OPERATION)).toMatch(/-00$/)
    tracer.startSpan({ name: 'kept', parent: PARENT }).end({ error: 'throttled' })
    await tracer.close()
    expect(texts.join('')).toContain('"kept"')
    expect(texts.join('')).not.toMatch(/"dropped"|"refused"/)
  })

  it('names the service by the setting, else by the environment', async () => {
    const { url, texts } = await collector()
    const env = { OTEL_SERVICE_NAME: 'from-environment' }
    for (const service_name of ['from-settings', undefined]) {
      vi.stubEnv('OTEL_SERVICE_NAME', env.OTEL_SERVICE_NAME)
      const tracer = await openTracer({ enabled: true, otlp_endpoint: url, service_name }, options(env))
      tracer.startSpan({ name: 'a' }).end()
      await tracer.close()
    }
    vi.unstubAllEnvs()
    expect(texts[0]).toContain('from-settings')
    expect(texts[1]).toContain('from-environment')
  })

  it('says once why spans cannot be sent, and goes on', async () => {
    const { url } = await collector(400)
    const onFailure = vi.fn()
    const tracer = await openTracer({ enabled: true, otlp_endpoint: url }, options({}, onFailure))
    tracer.startSpan({ name: 'lost' }).end()
    await tracer.close()
    expect(onFailure).toHaveBeenCalledOnce()
  })
})

describe('sampleRatio', () => {
  it('is the setting, else that of OTEL_TRACES_SAMPLER, else 1', () => {
    const ratio = (sampler: string, arg: string) => ({ OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: arg })
    expect(sampleRatio(0.5, ratio('always_off', ''))).toBe(0.5)
    expect(sampleRatio(undefined, ratio('always_off', ''))).toBe(0)
    expect(sampleRatio(undefined, ratio('parentbased_traceidratio', '0.25'))).toBe(0.25)
    expect(sampleRatio(undefined, ratio('traceidratio', 'much'))).toBe(1)
    expect(sampleRatio(undefined, {})).toBe(1)
  })
})
